package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class CallersStackTest {

  /** A class with a field, an interface, and methods of so many bytes. */
  private static byte[] methods(int... lengths) {
    ClassWriter written = new ClassWriter(0);
    String[] interfaces = {"java/lang/Runnable"};
    written.visit(Opcodes.V11, Opcodes.ACC_ABSTRACT, "C", null, "java/lang/Object", interfaces);
    written.visitField(Opcodes.ACC_STATIC | Opcodes.ACC_FINAL, "f", "I", null, 7).visitEnd();
    written.visitMethod(Opcodes.ACC_ABSTRACT, "none", "()V", null, null).visitEnd();
    for (int length : lengths) {
      MethodVisitor code = written.visitMethod(Opcodes.ACC_STATIC, "m" + length, "()V", null, null);
      code.visitCode();
      for (int i = 1; i < length; i++) {
        code.visitInsn(Opcodes.NOP);
      }
      code.visitInsn(Opcodes.RETURN);
      code.visitMaxs(0, 0);
      code.visitEnd();
    }
    written.visitEnd();
    return written.toByteArray();
  }

  @Test
  void the_longest_method_is_found() {
    assertEquals(700, CallersStack.longestMethod(methods(3, 700, 20)));
    assertEquals(0, CallersStack.longestMethod(methods()));
  }

  @Test
  void the_longer_methods_are_the_less_deep_may_they_be() {
    assertEquals(64, CallersStack.depth(List.of(methods(), methods(8192))));
    assertEquals(32, CallersStack.depth(List.of(methods(16_384), methods(5))));
    assertEquals(8, CallersStack.depth(List.of(methods(65_535))));
  }
}
