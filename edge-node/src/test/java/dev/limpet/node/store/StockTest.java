package dev.limpet.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start looks at, and what it leaves for later. */
class StockTest {
  private static final long ROOM = 1 << 24;

  /** Of a DAG; with their roots two of these are more than a start looks for. */
  private static final long LEAVES = Stock.MAX_STOCK_BLOCKS_AT_START / 2;

  @TempDir private Path folder = Path.of("");

  private final InMemoryBlockstore blocks = new InMemoryBlockstore();
  private final Holdings holdings = new Holdings(ROOM);
  private final List<Consumer<Pace>> later = new ArrayList<>();
  private long looks;
  private boolean leavesAreHere = true;

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
          return leavesAreHere ? blocks.sizeOf(cid) : -1;
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

  private void runLater(boolean stopping) {
    later.forEach(work -> work.accept(new Pace(() -> stopping)));
  }

  private Stock stock() {
    return new Stock(counted, new LocalBlocks(List.of(blocks)), holdings);
  }

  private PinSet pins() {
    return PinSet.openUnflushed(folder.resolve("pins"));
  }

  @Test
  void a_start_looks_for_so_many_blocks_and_for_the_rest_while_the_node_runs() {
    List<Cid> roots = new ArrayList<>();
    try (PinSet pins = pins()) {
      for (int number = 0; number < 4; number++) {
        roots.add(list(number, number != 3));
        pins.pin(roots.getLast(), "");
      }
      stock().rebuild(pins, later::add);
      assertTrue(looks <= Stock.MAX_STOCK_BLOCKS_AT_START + 1, () -> looks + " looks");
      assertTrue(looks > LEAVES, () -> "the first was looked at: " + looks);
      for (Cid root : roots) {
        assertTrue(isComplete(root), "announced as it was pinned");
      }

      runLater(false);
      assertFalse(isComplete(roots.getLast()), "one block of it is missing");
      assertTrue(isComplete(roots.get(2)));
    }
  }

  @Test
  void blocks_that_are_missing_count_as_well() {
    try (PinSet pins = pins()) {
      for (int number = 0; number < 4; number++) {
        pins.pin(list(number, true), "");
      }
      leavesAreHere = false;
      stock().rebuild(pins, later::add);
      assertTrue(looks <= Stock.MAX_STOCK_BLOCKS_AT_START + 1, () -> looks + " looks");
    }
  }

  @Test
  void pins_of_one_block_count_as_well_and_are_never_announced_as_whole_unseen() {
    try (PinSet pins = pins()) {
      Instant then = Instant.EPOCH;
      for (int number = 0; number < 3; number++) {
        pins.pin(new Pin(list(number, true), "", then, PinKind.RECURSIVE, -1, -1));
      }
      Cid alone = list(3, true);
      pins.pin(new Pin(alone, "", then.plusSeconds(1), PinKind.DIRECT, -1, -1));
      stock().rebuild(pins, later::add);
      assertFalse(isComplete(alone));
      runLater(false);
      assertFalse(isComplete(alone), "what is below it may go");
    }
  }

  @Test
  void a_pin_that_is_let_go_before_it_was_looked_at_is_announced_no_more() {
    List<Cid> roots = new ArrayList<>();
    try (PinSet pins = pins()) {
      for (int number = 0; number < 3; number++) {
        roots.add(list(number, true));
        pins.pin(roots.getLast(), "");
      }
      stock().rebuild(pins, later::add);
      pins.unpin(roots.getLast());
      holdings.remove(roots.getLast(), HoldingKind.ROOT);
      runLater(false);
      assertNull(holdings.get(roots.getLast()));
      assertTrue(isComplete(roots.get(1)));
    }
  }

  @Test
  void a_stop_ends_the_look_and_damages_nobody() {
    try (PinSet pins = pins()) {
      List<Cid> roots = List.of(list(0, true), list(1, true), list(2, true));
      roots.forEach(root -> pins.pin(root, ""));
      stock().rebuild(pins, later::add);
      assertThrows(CancellationException.class, () -> runLater(true));
      assertTrue(isComplete(roots.getLast()));
    }
  }
}
