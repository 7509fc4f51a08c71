package dev.limpet.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start looks at, and what it leaves for later. */
class StockTest {
  private static final long ROOM = 1 << 24;

  /** With its root more than a start looks for, and three of them a few bytes for a start. */
  private static final long LEAVES = Stock.MAX_STOCK_BLOCKS_AT_START / 2;

  @TempDir private Path folder = Path.of("");

  private final InMemoryBlockstore blocks = new InMemoryBlockstore();
  private final Holdings holdings = new Holdings(ROOM);
  private final List<Runnable> later = new ArrayList<>();
  private long looks;

  /** Says how often it was asked. */
  private final BlockSource counted =
      new BlockSource() {
        @Override
        public byte @Nullable [] get(Cid cid) {
          looks++;
          return blocks.get(cid);
        }

        @Override
        public long sizeOf(Cid cid) {
          looks++;
          return blocks.sizeOf(cid);
        }
      };

  private Cid list(long number, boolean whole) {
    List<Ipld> links = new ArrayList<>();
    LongStream.range(0, LEAVES)
        .mapToObj(leaf -> ByteBuffer.allocate(16).putLong(number).putLong(leaf).array())
        .map(bytes -> Block.of(Multicodec.RAW, bytes))
        .peek(blocks::put)
        .forEach(leaf -> links.add(new Ipld.LinkNode(leaf.cid())));
    if (!whole) {
      links.add(new Ipld.LinkNode(Block.of(Multicodec.RAW, new byte[] {1}).cid()));
    }
    Block root = Block.of(Multicodec.DAG_CBOR, DagCbor.encode(new Ipld.ListNode(links)));
    blocks.put(root);
    return root.cid();
  }

  private boolean isComplete(Cid root) {
    Holding holding = holdings.get(root);
    assertNotNull(holding);
    assertEquals(HoldingKind.ROOT, holding.kind());
    return holding.complete();
  }

  @Test
  void a_start_looks_for_so_many_blocks_and_for_the_rest_while_the_node_runs() {
    List<Cid> roots = new ArrayList<>();
    Stock stock = new Stock(counted, new LocalBlocks(List.of(blocks)), holdings);
    try (PinSet pins = PinSet.openUnflushed(folder.resolve("pins"))) {
      for (int number = 0; number < 4; number++) {
        roots.add(list(number, number != 3));
        pins.pin(roots.getLast(), "");
      }
      stock.rebuild(pins, later::add);
    }
    assertTrue(looks <= Stock.MAX_STOCK_BLOCKS_AT_START + 1, () -> looks + " looks");
    assertTrue(looks > LEAVES, () -> "the first was looked at: " + looks);
    for (Cid root : roots) {
      assertTrue(isComplete(root), "announced as it was pinned");
    }

    later.forEach(Runnable::run);
    assertFalse(isComplete(roots.getLast()), "one block of it is missing");
    assertTrue(isComplete(roots.get(2)));
  }
}
