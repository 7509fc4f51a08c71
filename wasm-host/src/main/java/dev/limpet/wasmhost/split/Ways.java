package dev.limpet.wasmhost.split;

import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;

/** What a caller does with the number of the way in which a part has ended. */
final class Ways {

  private Ways() {}

  /** Jumps to one of them; where there is one alone, there is no number. */
  static void choose(InsnList out, List<LabelNode> ways) {
    int last = ways.size() - 1;
    switch (last) {
      case -1 -> {
        // The part never ends but by a trap; the JVM wants to see that nothing comes behind.
        out.add(new InsnNode(Opcodes.ACONST_NULL));
        out.add(new InsnNode(Opcodes.ATHROW));
      }
      case 0 -> out.add(new JumpInsnNode(Opcodes.GOTO, ways.getFirst()));
      case 1 -> {
        out.add(new JumpInsnNode(Opcodes.IFEQ, ways.getFirst()));
        out.add(new JumpInsnNode(Opcodes.GOTO, ways.getLast()));
      }
      default ->
          out.add(
              new TableSwitchInsnNode(
                  0, last - 1, ways.getLast(), ways.subList(0, last).toArray(LabelNode[]::new)));
    }
  }
}
