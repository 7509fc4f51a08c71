package dev.limpet.wasmhost.engine;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** The calls in compiled code. */
final class CompiledCalls {

  private CompiledCalls() {}

  /** Those in methods whose names begin so. */
  static List<MethodInsnNode> of(byte[] wasm, String methods) {
    List<MethodInsnNode> calls = new ArrayList<>();
    for (byte[] classFile : ModuleCompiler.compile(wasm).classes().values()) {
      ClassNode made = new ClassNode();
      new ClassReader(classFile).accept(made, 0);
      for (MethodNode method : made.methods) {
        for (AbstractInsnNode at : method.instructions) {
          if (method.name.startsWith(methods) && at instanceof MethodInsnNode call) {
            calls.add(call);
          }
        }
      }
    }
    return calls;
  }
}
