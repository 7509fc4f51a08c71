package dev.limpet.wasmhost.engine;

import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import run.endive.runtime.Memory;

/**
 * Makes of the engine's call for a read or write of memory the read or write itself.
 *
 * <p>Methods of ours between would be inlined only until a function is as large as the JIT likes;
 * what stands here is inlined by the JVM always.
 */
final class CellCode {

  private static final String READ = "memoryRead";
  private static final String WRITE = "memoryWrite";
  private static final String OBJECTS = Type.getInternalName(Objects.class);
  private static final String HANDLE = Type.getInternalName(VarHandle.class);
  private static final String CELLS = Type.getInternalName(Cells.class);

  private final int array;
  private final int limit;
  private final int index;
  private final int value;

  /**
   * Code for one function.
   *
   * @param array variable with the array of its memory
   * @param limit variable with the length of its memory
   * @param scratch the first of three variables that hold nothing between two instructions
   */
  CellCode(int array, int limit, int scratch) {
    this.array = array;
    this.limit = limit;
    this.index = scratch;
    this.value = scratch + 1;
  }

  /** Whether that is the engine's call for a read or write. */
  static boolean isCell(MethodInsnNode call) {
    return call.name.startsWith(READ) || call.name.startsWith(WRITE);
  }

  /**
   * A read or write of memory.
   *
   * @param type of what is read or written
   * @param offset unsigned, from the base
   * @param writes whether it is a write
   */
  record Cell(Type type, int offset, boolean writes) {

    /** No memory has more bytes, see {@link GuestMemory#size}. */
    private static final int LONGEST = Integer.MAX_VALUE - Memory.PAGE_SIZE;

    /**
     * The stack has base, value to write, offset, memory; the last two were pushed right before.
     */
    static Cell of(MethodInsnNode call) {
      boolean writes = call.name.startsWith(WRITE);
      Type type = writes ? Type.getArgumentTypes(call.desc)[1] : Type.getReturnType(call.desc);
      return new Cell(type, constant(call.getPrevious().getPrevious()), writes);
    }

    /** Whether it traps whatever the base is. */
    boolean isBeyond() {
      return offset < 0 || offset > LONGEST;
    }

    /** How many bytes from the base on have to be the guest's. */
    int end() {
      return offset + bytes(type);
    }
  }

  /**
   * Replaces the engine's call.
   *
   * @param checked whether it is known that it does not trap
   */
  void replace(InsnList code, MethodInsnNode call, boolean checked) {
    Cell cell = Cell.of(call);
    AbstractInsnNode memory = call.getPrevious();
    code.insertBefore(call, access(cell, checked));
    code.remove(memory.getPrevious());
    code.remove(memory);
    code.remove(call);
  }

  private InsnList access(Cell cell, boolean checked) {
    InsnList code = new InsnList();
    Type type = cell.type();
    boolean writes = cell.writes();
    if (writes) {
      code.add(new VarInsnNode(type.getOpcode(Opcodes.ISTORE), value));
    }
    if (!checked) {
      code.add(check(cell));
    }
    if (cell.offset() > 0) {
      code.add(push(cell.offset()));
      code.add(new InsnNode(Opcodes.IADD));
    }
    code.add(new VarInsnNode(Opcodes.ISTORE, index));
    boolean isByte = type.getSort() == Type.BYTE;
    if (!isByte) {
      String field = type.getDescriptor();
      code.add(
          new FieldInsnNode(Opcodes.GETSTATIC, CELLS, field, Type.getDescriptor(VarHandle.class)));
    }
    code.add(new VarInsnNode(Opcodes.ALOAD, array));
    code.add(new VarInsnNode(Opcodes.ILOAD, index));
    if (writes) {
      code.add(new VarInsnNode(type.getOpcode(Opcodes.ILOAD), value));
    }
    if (isByte) {
      code.add(new InsnNode(writes ? Opcodes.BASTORE : Opcodes.BALOAD));
    } else {
      String name = writes ? "set" : "get";
      String descriptor = writes ? "([BI" + type + ")V" : "([BI)" + type;
      code.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, HANDLE, name, descriptor, false));
    }
    return code;
  }

  /**
   * Of a base on the stack, which is unsigned, as the offset is: it must be less than what is left
   * of memory. That is one comparison for the JIT, with the same number at each turn of a loop; of
   * a number that may be negative it would look at the sign first, each time.
   */
  private InsnList check(Cell cell) {
    InsnList code = new InsnList();
    if (cell.isBeyond()) {
      code.add(new InsnNode(Opcodes.POP));
      code.add(new InsnNode(Opcodes.ICONST_M1));
    }
    code.add(new VarInsnNode(Opcodes.ILOAD, limit));
    if (!cell.isBeyond() && cell.end() > 1) {
      subtract(code, cell.offset());
      subtract(code, bytes(cell.type()) - 1);
      code.add(new InsnNode(Opcodes.ICONST_0));
      code.add(new MethodInsnNode(Opcodes.INVOKESTATIC, "java/lang/Math", "max", "(II)I", false));
    }
    code.add(checkIndex());
    return code;
  }

  /** The JIT makes one subtraction of two that follow each other. */
  private static void subtract(InsnList code, int number) {
    if (number > 0) {
      code.add(push(number));
      code.add(new InsnNode(Opcodes.ISUB));
    }
  }

  /**
   * Takes a constant of the class for the offset at most, and only where the engine took it: else a
   * module with as many offsets as a class may have constants would be refused for ours.
   */
  private static AbstractInsnNode push(int number) {
    if (number <= Byte.MAX_VALUE) {
      return new IntInsnNode(Opcodes.BIPUSH, number);
    }
    return number <= Short.MAX_VALUE
        ? new IntInsnNode(Opcodes.SIPUSH, number)
        : new LdcInsnNode(number);
  }

  private static MethodInsnNode checkIndex() {
    return new MethodInsnNode(Opcodes.INVOKESTATIC, OBJECTS, "checkIndex", "(II)I", false);
  }

  private static int bytes(Type type) {
    return switch (type.getSort()) {
      case Type.BYTE -> 1;
      case Type.SHORT -> 2;
      case Type.INT, Type.FLOAT -> 4;
      default -> 8;
    };
  }

  private static int constant(AbstractInsnNode push) {
    Integer value = StraightJumps.constant(push);
    if (value == null) {
      throw new IllegalArgumentException("an offset that is no constant");
    }
    return value;
  }
}
