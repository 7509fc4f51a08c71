package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** What compiled code may touch of the views that it reads and writes memory with. */
final class ClassScanTest {

  private static final String CELLS = Type.getInternalName(Cells.class);
  private static final String HANDLE = "java/lang/invoke/VarHandle";

  private interface Code {
    void writeTo(MethodVisitor method);
  }

  private static void scan(Code code) {
    ClassWriter writer = new ClassWriter(0);
    String name = ModuleCompiler.CLASS_PREFIX + "Test";
    writer.visit(Opcodes.V11, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
    MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, "func_0", "()V", null, null);
    method.visitCode();
    code.writeTo(method);
    method.visitInsn(Opcodes.RETURN);
    method.visitMaxs(8, 8);
    method.visitEnd();
    writer.visitEnd();
    ClassScan.check(name.replace('/', '.'), writer.toByteArray());
  }

  private static void assertForbidden(Code code) {
    assertThrows(ClassScan.Forbidden.class, () -> scan(code));
  }

  private static void field(MethodVisitor to, int opcode, String owner) {
    to.visitFieldInsn(opcode, owner, "I", "L" + HANDLE + ";");
  }

  private static void call(MethodVisitor to, String owner, String name) {
    to.visitMethodInsn(Opcodes.INVOKEVIRTUAL, owner, name, "()V", false);
  }

  @Test
  void views_are_read_and_used_and_nothing_else() {
    assertDoesNotThrow(() -> scan(method -> field(method, Opcodes.GETSTATIC, CELLS)));
    assertForbidden(method -> field(method, Opcodes.PUTSTATIC, CELLS));
    assertForbidden(method -> field(method, Opcodes.GETFIELD, CELLS));
    assertForbidden(method -> field(method, Opcodes.GETSTATIC, "java/lang/System"));
    assertDoesNotThrow(() -> scan(method -> call(method, HANDLE, "get")));
    assertForbidden(method -> call(method, HANDLE, "compareAndSet"));
    assertForbidden(method -> call(method, "java/lang/invoke/MethodHandles", "lookup"));
    assertForbidden(method -> call(method, "java/util/Objects", "toString"));
  }

  @Test
  void of_memory_only_the_fuel_the_first_globals_and_lasting_variables_are_touched() {
    String memory = Type.getInternalName(GuestMemory.class);
    assertDoesNotThrow(() -> scan(method -> number(method, Opcodes.GETFIELD, memory, "slice")));
    assertDoesNotThrow(() -> scan(method -> number(method, Opcodes.PUTFIELD, memory, "slice")));
    assertDoesNotThrow(() -> scan(method -> number(method, Opcodes.GETFIELD, memory, "global0")));
    assertDoesNotThrow(() -> scan(method -> number(method, Opcodes.PUTFIELD, memory, "global7")));
    assertForbidden(method -> number(method, Opcodes.GETFIELD, memory, "global8"));
    assertForbidden(method -> number(method, Opcodes.PUTFIELD, memory, "rest"));
    assertForbidden(method -> number(method, Opcodes.GETFIELD, memory, "limit"));
    assertForbidden(method -> number(method, Opcodes.GETFIELD, "java/io/File", "slice"));
    assertDoesNotThrow(() -> scan(method -> lasting(method, Opcodes.GETFIELD, memory, 0)));
    assertDoesNotThrow(() -> scan(method -> lasting(method, Opcodes.PUTFIELD, memory, 5)));
    assertForbidden(method -> lasting(method, Opcodes.PUTFIELD, memory, 6));
    assertForbidden(method -> lasting(method, Opcodes.GETSTATIC, memory, 0));
    assertForbidden(method -> lasting(method, Opcodes.GETFIELD, "java/io/File", 0));
    assertForbidden(method -> number(method, Opcodes.GETFIELD, memory, "lasting0"));
    assertDoesNotThrow(() -> scan(method -> method.visitTypeInsn(Opcodes.CHECKCAST, memory)));
    assertForbidden(method -> method.visitTypeInsn(Opcodes.NEW, memory));
    assertForbidden(method -> call(method, memory, "restore"));
  }

  private static void lasting(MethodVisitor to, int opcode, String owner, int number) {
    to.visitFieldInsn(opcode, owner, "lasting" + number, "I");
  }

  private static void number(MethodVisitor to, int opcode, String owner, String name) {
    to.visitFieldInsn(opcode, owner, name, "J");
  }

  /** A method that catches what the call in it throws. */
  private static void catching(MethodVisitor to, @Nullable String type, Code handler) {
    Label start = new Label();
    Label end = new Label();
    Label caught = new Label();
    to.visitTryCatchBlock(start, end, caught, type);
    to.visitLabel(start);
    call(to, HANDLE, "get");
    to.visitLabel(end);
    to.visitInsn(Opcodes.RETURN);
    to.visitLabel(caught);
    handler.writeTo(to);
  }

  private static void writesFuelBack(MethodVisitor to) {
    String memory = Type.getInternalName(GuestMemory.class);
    to.visitVarInsn(Opcodes.ALOAD, 0);
    to.visitTypeInsn(Opcodes.CHECKCAST, memory);
    to.visitVarInsn(Opcodes.ILOAD, 1);
    to.visitInsn(Opcodes.I2L);
    number(to, Opcodes.PUTFIELD, memory, "slice");
  }

  @Test
  void whoever_catches_everything_throws_on() {
    Code throwsOn =
        method -> {
          writesFuelBack(method);
          method.visitInsn(Opcodes.ATHROW);
        };
    assertDoesNotThrow(() -> scan(method -> catching(method, null, throwsOn)));
    assertForbidden(method -> catching(method, null, ClassScanTest::writesFuelBack));
    assertForbidden(method -> catching(method, null, it -> it.visitInsn(Opcodes.POP)));
    assertForbidden(method -> catching(method, null, it -> it.visitIincInsn(1, 1)));
    assertForbidden(method -> catching(method, "java/lang/Throwable", throwsOn));
    assertDoesNotThrow(
        () ->
            scan(
                method ->
                    catching(
                        method, "java/lang/StackOverflowError", it -> it.visitInsn(Opcodes.POP))));
  }
}
