package dev.limpet.wasmhost.engine;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Looks at the handlers of compiled code. One for everything must do what those of {@link LoopFuel}
 * do: write one field and throw on. Another one could swallow the end of a guest.
 */
class HandlerScan extends MethodVisitor {

  /** What may be caught and kept. */
  private static final String CAUGHT = "java/lang/StackOverflowError";

  /** All of a handler for everything; what is thrown lies on the stack below. */
  private static final int[] THROWS_ON = {
    Opcodes.ALOAD, Opcodes.CHECKCAST, Opcodes.ILOAD, Opcodes.I2L, Opcodes.PUTFIELD, Opcodes.ATHROW
  };

  private final Set<Label> handlers = new HashSet<>();

  /** The next instruction of a handler; none is awaited behind the last. */
  private int next = THROWS_ON.length;

  HandlerScan() {
    super(Opcodes.ASM9);
  }

  private void instruction(int opcode) {
    if (next < THROWS_ON.length) {
      ClassScan.require(THROWS_ON[next] == opcode, "a handler that does not throw on");
      next++;
    }
  }

  @Override
  public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
    if (type == null) {
      handlers.add(handler);
    } else {
      ClassScan.require(CAUGHT.equals(type), "a handler for " + type);
    }
  }

  @Override
  public void visitLabel(Label label) {
    if (handlers.contains(label)) {
      next = 0;
    }
  }

  @Override
  public void visitInsn(int opcode) {
    instruction(opcode);
  }

  @Override
  public void visitIntInsn(int opcode, int operand) {
    instruction(opcode);
  }

  @Override
  public void visitVarInsn(int opcode, int variable) {
    instruction(opcode);
  }

  @Override
  public void visitTypeInsn(int opcode, String type) {
    instruction(opcode);
  }

  @Override
  public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
    instruction(opcode);
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    instruction(opcode);
  }

  @Override
  public void visitJumpInsn(int opcode, Label label) {
    instruction(opcode);
  }

  @Override
  public void visitIincInsn(int variable, int increment) {
    instruction(Opcodes.IINC);
  }

  @Override
  public void visitLdcInsn(Object value) {
    instruction(Opcodes.LDC);
  }

  @Override
  public void visitTableSwitchInsn(int min, int max, Label other, Label... labels) {
    instruction(Opcodes.TABLESWITCH);
  }

  @Override
  public void visitLookupSwitchInsn(Label other, int[] keys, Label[] labels) {
    instruction(Opcodes.LOOKUPSWITCH);
  }

  @Override
  public void visitInvokeDynamicInsn(
      String name, String descriptor, Handle bootstrap, Object... arguments) {
    instruction(Opcodes.INVOKEDYNAMIC);
  }

  @Override
  public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
    instruction(Opcodes.MULTIANEWARRAY);
  }
}
