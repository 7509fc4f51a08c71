package dev.limpet.wasmhost.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Takes out of the helper class, of which the engine puts a whole copy beside each module, what the
 * module never calls: most of its 47 KB is for extensions that the gate refuses. Less to load, to
 * keep, and to trust.
 */
final class HelperPruning {

  private final String helper;
  private final Map<String, Set<String>> callsInside = new HashMap<>();
  private final Set<String> needed = new HashSet<>();
  private final Deque<String> open = new ArrayDeque<>();

  private HelperPruning(String helper) {
    this.helper = helper;
  }

  /** Replaces the helper, which goes by that binary name, by what the others need of it. */
  static void apply(Map<String, byte[]> classes, String helperName) {
    byte[] helperClass = classes.get(helperName);
    if (helperClass == null) {
      return;
    }
    HelperPruning pruning = new HelperPruning(helperName.replace('.', '/'));
    pruning.readHelper(new ClassReader(helperClass));
    pruning.need("<clinit>()V");
    for (Map.Entry<String, byte[]> other : classes.entrySet()) {
      if (!other.getKey().equals(helperName)) {
        pruning.readCaller(new ClassReader(other.getValue()));
      }
    }
    while (!pruning.open.isEmpty()) {
      pruning.callsInside.getOrDefault(pruning.open.remove(), Set.of()).forEach(pruning::need);
    }
    classes.put(helperName, pruning.write(new ClassReader(helperClass)));
  }

  private void need(String method) {
    if (needed.add(method)) {
      open.add(method);
    }
  }

  private void readHelper(ClassReader reader) {
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            Set<String> calls = new HashSet<>();
            callsInside.put(name + descriptor, calls);
            return calls(calls);
          }
        },
        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
  }

  private void readCaller(ClassReader reader) {
    Set<String> calls = new HashSet<>();
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return calls(calls);
          }
        },
        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    calls.forEach(this::need);
  }

  private MethodVisitor calls(Set<String> into) {
    return new MethodVisitor(Opcodes.ASM9) {
      @Override
      public void visitMethodInsn(
          int opcode, String owner, String name, String descriptor, boolean isInterface) {
        if (owner.equals(helper)) {
          into.add(name + descriptor);
        }
      }
    };
  }

  /** A fresh constant pool: one copied from the reader would still name everything. */
  private byte[] write(ClassReader reader) {
    ClassWriter writer = new ClassWriter(0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public @Nullable MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return needed.contains(name + descriptor)
                ? super.visitMethod(access, name, descriptor, signature, exceptions)
                : null;
          }
        },
        0);
    return writer.toByteArray();
  }
}
