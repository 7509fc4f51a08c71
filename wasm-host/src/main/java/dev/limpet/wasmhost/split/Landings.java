package dev.limpet.wasmhost.split;

import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;

/**
 * Where a caller goes on after a part: it takes what the part has left, and jumps to the block that
 * is next. All parts that lead to the same block with the same variables land in the same place:
 * this halves the method that calls most of them.
 */
final class Landings {

  private record Place(int target, List<Integer> given) {}

  private final PartWriter writer;
  private final Liveness liveness;
  private final FieldMoves moves;
  private final Map<Place, LabelNode> all = new HashMap<>();
  private final Map<Place, LabelNode> unwritten = new LinkedHashMap<>();

  /** Of one method. */
  Landings(PartWriter writer, Liveness liveness, FieldMoves moves) {
    this.writer = writer;
    this.liveness = liveness;
    this.moves = moves;
  }

  /** Where to go on at a block when these variables were left. */
  LabelNode at(int target, List<Integer> given) {
    if (given.isEmpty()) {
      return writer.label(target);
    }
    return all.computeIfAbsent(
        new Place(target, given),
        place -> {
          LabelNode label = new LabelNode();
          unwritten.put(place, label);
          return label;
        });
  }

  /** Writes those that were asked for the first time; nothing may run into them. */
  void write(InsnList out) {
    unwritten.forEach(
        (place, label) -> {
          BitSet kept = (BitSet) liveness.live(place.target()).clone();
          place.given().forEach(kept::clear);
          out.add(label);
          out.add(writer.frame(kept, List.of()));
          moves.take(out, place.given());
          out.add(new JumpInsnNode(Opcodes.GOTO, writer.label(place.target())));
        });
    unwritten.clear();
  }
}
