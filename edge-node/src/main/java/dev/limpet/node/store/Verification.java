package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.cid.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and hashes every block of a store once, and walks every pinned DAG. A store takes a block
 * that turns out to be damaged for missing; where this node has the bytes a second time, in memory
 * or among what was fetched, they are put in its place. Blocks may come and go meanwhile: what goes
 * is not missed, what comes was hashed when it came.
 */
final class Verification {
  private final Parts parts;
  private final LongConsumer read;
  private final Runnable step;
  private final List<Cid> damaged = new ArrayList<>();
  private final List<Cid> repaired = new ArrayList<>();
  private long blocks;
  private long bytes;

  /**
   * What is looked at.
   *
   * @param packs the parts of the store, as they are on the disk
   * @param copies where else a block may be
   * @param onPartial hears of each pin of which something is missing
   */
  record Parts(
      List<PackBlockstore> packs, LocalBlocks copies, PinSet pins, Consumer<Pin> onPartial) {}

  /**
   * A verification that did not begin.
   *
   * @param read gets the number of bytes of each block
   * @param step called after each block; may wait, or throw to stop
   */
  Verification(Parts parts, LongConsumer read, Runnable step) {
    this.parts = parts;
    this.read = read;
    this.step = step;
  }

  StoreCheck run() {
    for (PackBlockstore pack : parts.packs()) {
      pack.visitBlocks(cid -> look(pack, cid));
    }
    if (!repaired.isEmpty()) {
      parts.packs().forEach(PackBlockstore::sync);
    }
    List<Cid> partial = new ArrayList<>();
    for (Pin pin : parts.pins().list()) {
      if (!isWhole(pin)) {
        partial.add(pin.root());
        parts.onPartial().accept(pin);
      }
    }
    return new StoreCheck(
        blocks, bytes, List.copyOf(damaged), List.copyOf(repaired), List.copyOf(partial));
  }

  private void look(PackBlockstore pack, Cid cid) {
    try {
      well(pack.get(cid));
    } catch (ContentException e) {
      name(repair(pack, cid) ? repaired : damaged, cid);
    }
    step.run();
  }

  private void well(byte @Nullable [] block) {
    if (block != null) {
      blocks++;
      bytes += block.length;
      read.accept(block.length);
    }
  }

  private boolean repair(PackBlockstore pack, Cid cid) {
    try {
      byte[] copy = parts.copies().get(cid);
      if (copy == null) {
        return false;
      }
      pack.put(Block.verified(cid, copy));
      well(pack.get(cid));
      return true;
    } catch (ContentException e) {
      return false; // It is named as damaged, which is what is known of it.
    }
  }

  private static void name(List<Cid> among, Cid cid) {
    if (among.size() < StoreCheck.MAX_NAMED_BLOCKS) {
      among.add(cid);
    }
  }

  private boolean isWhole(Pin pin) {
    try {
      return switch (pin.kind()) {
        case DIRECT -> parts.copies().get(pin.root()) != null;
        case RECURSIVE ->
            DagCheck.of(parts.copies(), pin.root(), _ -> step.run()).firstMissing() == null;
      };
    } catch (ContentException e) {
      return false;
    }
  }
}
