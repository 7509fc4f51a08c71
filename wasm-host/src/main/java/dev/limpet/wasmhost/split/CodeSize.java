package dev.limpet.wasmhost.split;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/** Bytes that code takes in a class file, to a byte or two for each switch and wide constant. */
public final class CodeSize {

  private static final int SHORT_SLOTS = 4;
  private static final int BYTE = 256;

  private CodeSize() {}

  /** Of all instructions. */
  public static int of(MethodNode method) {
    int bytes = 0;
    for (AbstractInsnNode at : method.instructions) {
      bytes += of(at);
    }
    return bytes;
  }

  static int of(AbstractInsnNode instruction) {
    return switch (instruction) {
      case AbstractInsnNode it when it.getOpcode() < 0 -> 0;
      case VarInsnNode it -> it.var < SHORT_SLOTS ? 1 : it.var < BYTE ? 2 : 4;
      case IincInsnNode it -> it.var < BYTE && (byte) it.incr == it.incr ? 3 : 6;
      case IntInsnNode it -> it.getOpcode() == Opcodes.SIPUSH ? 3 : 2;
      case LdcInsnNode _ -> 3;
      case TableSwitchInsnNode it -> 16 + 4 * it.labels.size();
      case LookupSwitchInsnNode it -> 12 + 8 * it.labels.size();
      case InvokeDynamicInsnNode _ -> 5;
      case MultiANewArrayInsnNode _ -> 4;
      case AbstractInsnNode it -> plain(it.getOpcode(), it.getType());
    };
  }

  private static int plain(int opcode, int type) {
    return switch (type) {
      case AbstractInsnNode.METHOD_INSN -> opcode == Opcodes.INVOKEINTERFACE ? 5 : 3;
      case AbstractInsnNode.FIELD_INSN, AbstractInsnNode.TYPE_INSN, AbstractInsnNode.JUMP_INSN -> 3;
      default -> 1;
    };
  }
}
