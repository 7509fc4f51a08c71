package dev.limpet.node.invoke;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.Dag;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes the blocks of a CAR that somebody else sends, as far as they belong below a root: each must
 * be the root or linked from a block that came before, and comes once. So a peer can neither fill
 * the store with what nobody asked for, nor send the same for ever. Blocks are hashed by the
 * reader.
 */
final class CarIntake {
  /** Some 100 bytes each: 64 GiB in blocks of 256 KiB, 256 GiB in blocks of 1 MiB. */
  static final int MAX_EXPECTED_BLOCKS = 1 << 18;

  private final BlockSink sink;
  private final Set<Multihash> expected = new HashSet<>();
  private final Set<Multihash> taken = new HashSet<>();

  CarIntake(Cid root, BlockSink sink) {
    this.sink = sink;
    expect(root);
  }

  /**
   * Reads to the end of the CAR.
   *
   * @param each gets every block when it was taken; may throw to stop
   * @throws dev.limpet.content.block.ContentException when the CAR, a block, or its place is wrong
   * @throws IOException when the stream fails
   */
  void read(CarReader reader, Consumer<Block> each) throws IOException {
    for (Block block = reader.next(); block != null; block = reader.next()) {
      Multihash hash = block.cid().multihash();
      if (!expected.contains(hash) || !taken.add(hash)) {
        throw new CarFormatException(
            "the CAR has a block that nothing before it links to, or has it twice: " + block.cid());
      }
      Dag.links(block.cid(), block.bytes()).forEach(this::expect);
      sink.put(block);
      each.accept(block);
    }
  }

  /** An identity CID has its block within it, and that block may link on. */
  private void expect(Cid first) {
    Deque<Cid> open = new ArrayDeque<>();
    open.add(first);
    while (!open.isEmpty()) {
      Cid cid = open.removeLast();
      if (!expected.add(cid.multihash())) {
        continue;
      }
      if (expected.size() > MAX_EXPECTED_BLOCKS) {
        throw new ContentLimitException(
            "the data has more than " + MAX_EXPECTED_BLOCKS + " blocks; call it where it is");
      }
      if (cid.isIdentity()) {
        open.addAll(Dag.links(cid, cid.multihash().digest()));
      }
    }
  }
}
