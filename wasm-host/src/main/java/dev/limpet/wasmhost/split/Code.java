package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;

/** The instructions of a method by their number; labels and frames are none. */
final class Code {

  private final List<AbstractInsnNode> instructions = new ArrayList<>();
  private final Map<LabelNode, Integer> positions = new HashMap<>();

  Code(MethodNode method) {
    for (AbstractInsnNode at : method.instructions) {
      if (at instanceof LabelNode label) {
        positions.put(label, instructions.size());
      } else if (at.getOpcode() >= 0) {
        instructions.add(at);
      }
    }
  }

  /**
   * Hands over all labels and instructions for a copy of them, without what makes stack maps.
   *
   * @param taken gets each, with the labels that stand for those of the original
   */
  static void copy(
      Iterable<AbstractInsnNode> instructions,
      BiConsumer<AbstractInsnNode, Map<LabelNode, LabelNode>> taken) {
    Map<LabelNode, LabelNode> labels = new HashMap<>();
    for (AbstractInsnNode at : instructions) {
      if (at instanceof LabelNode label) {
        labels.put(label, new LabelNode());
      }
    }
    for (AbstractInsnNode at : instructions) {
      if (at instanceof LabelNode || at.getOpcode() >= 0) {
        taken.accept(at, labels);
      }
    }
  }

  int size() {
    return instructions.size();
  }

  AbstractInsnNode at(int index) {
    return instructions.get(index);
  }

  /** The instruction that a label stands before. */
  int position(LabelNode label) {
    Integer position = positions.get(label);
    if (position == null || position == instructions.size()) {
      throw new TooHardException("it jumps out of itself");
    }
    return position;
  }

  /** Where an instruction may jump to, in the order of the instruction. */
  static List<LabelNode> targets(AbstractInsnNode instruction) {
    return switch (instruction) {
      case JumpInsnNode it -> List.of(it.label);
      case TableSwitchInsnNode it -> and(it.labels, it.dflt);
      case LookupSwitchInsnNode it -> and(it.labels, it.dflt);
      default -> List.of();
    };
  }

  private static List<LabelNode> and(List<LabelNode> labels, LabelNode last) {
    List<LabelNode> all = new ArrayList<>(labels);
    all.add(last);
    return all;
  }

  static boolean isReturn(AbstractInsnNode instruction) {
    int opcode = instruction.getOpcode();
    return opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN;
  }

  /** Whether the next instruction may come after it. */
  static boolean fallsThrough(AbstractInsnNode instruction) {
    return switch (instruction.getOpcode()) {
      case Opcodes.GOTO, Opcodes.TABLESWITCH, Opcodes.LOOKUPSWITCH, Opcodes.ATHROW -> false;
      default -> !isReturn(instruction);
    };
  }

  /** Whether a block ends with it. */
  static boolean endsBlock(AbstractInsnNode instruction) {
    return instruction instanceof JumpInsnNode || !fallsThrough(instruction);
  }
}
