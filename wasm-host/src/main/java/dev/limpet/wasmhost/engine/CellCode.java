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

  /** The stack has base, value to write, offset, memory; the last two were pushed right before. */
  void replace(InsnList code, MethodInsnNode call) {
    AbstractInsnNode memory = call.getPrevious();
    AbstractInsnNode offset = memory.getPrevious();
    boolean writes = call.name.startsWith(WRITE);
    Type type = writes ? Type.getArgumentTypes(call.desc)[1] : Type.getReturnType(call.desc);
    code.insertBefore(call, access(type, constant(offset), writes));
    code.remove(memory);
    code.remove(offset);
    code.remove(call);
  }

  private InsnList access(Type type, int offset, boolean writes) {
    InsnList code = new InsnList();
    if (writes) {
      code.add(new VarInsnNode(type.getOpcode(Opcodes.ISTORE), value));
    }
    code.add(index(offset, bytes(type)));
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

  /** Of a base on the stack, which is unsigned, as the offset is. */
  private InsnList index(int offset, int bytes) {
    InsnList code = new InsnList();
    if (offset < 0) {
      code.add(new InsnNode(Opcodes.POP));
      code.add(new InsnNode(Opcodes.ICONST_M1));
    } else if (offset > 0) {
      code.add(new LdcInsnNode(Integer.MAX_VALUE));
      code.add(checkIndex());
      code.add(new LdcInsnNode(offset));
      code.add(new InsnNode(Opcodes.IADD));
    }
    code.add(new VarInsnNode(Opcodes.ILOAD, limit));
    if (bytes > 1) {
      code.add(new IntInsnNode(Opcodes.BIPUSH, bytes - 1));
      code.add(new InsnNode(Opcodes.ISUB));
    }
    code.add(checkIndex());
    return code;
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
