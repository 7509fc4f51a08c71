package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.split.Splitter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.MethodNode;

/**
 * How much stack the methods of a class take, in slots of locals and operands; for a function that
 * is split with the parts that can be inside each other, since only the function itself counts for
 * the depth limit.
 */
final class FrameSlots {

  /** What the JVM's interpreter keeps for each call besides. */
  private static final int OF_CALL = 16;

  private final Map<String, Integer> slots = new HashMap<>();
  private final Map<String, Set<String>> parts = new HashMap<>();

  /** Of all methods of a class. */
  FrameSlots(ClassReader reader) {
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return look(name + descriptor);
          }
        },
        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
  }

  /** A method that has come into being, or was changed. */
  void add(MethodNode method) {
    method.accept(look(method.name + method.desc));
  }

  private MethodVisitor look(String method) {
    Set<String> called = parts.computeIfAbsent(method, _ -> new HashSet<>());
    return new MethodVisitor(Opcodes.ASM9) {
      private int pushed;
      private int arrays;

      // An array that a split function keeps its variables in stands for that many of them.
      @Override
      public void visitIntInsn(int opcode, int operand) {
        if (opcode == Opcodes.NEWARRAY && operand == Opcodes.T_LONG) {
          arrays += 2 * pushed;
        }
        pushed = operand;
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String name, String descriptor, boolean isInterface) {
        if (name.contains(Splitter.MARK)) {
          called.add(name + descriptor);
        }
      }

      @Override
      public void visitMaxs(int maxStack, int maxLocals) {
        slots.put(method, maxStack + maxLocals + arrays);
      }
    };
  }

  /** Whether a method calls parts of itself. */
  boolean hasParts(String method) {
    return !parts.getOrDefault(method, Set.of()).isEmpty();
  }

  /** What a method takes at most, with its parts. */
  int of(String method) {
    int deepest = 0;
    for (String part : parts.getOrDefault(method, Set.of())) {
      deepest = Math.max(deepest, OF_CALL + of(part));
    }
    return slots.getOrDefault(method, 0) + deepest;
  }
}
