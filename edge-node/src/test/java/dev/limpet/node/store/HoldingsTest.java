package dev.limpet.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** How many DAGs a node gives an account of. */
final class HoldingsTest {
  private static final int ROOM = 3;

  /** Of a heap of which a sixteenth has room for three. */
  private final Holdings holdings = new Holdings(16 * 200 * ROOM);

  @Test
  void a_small_heap_holds_fewer_files_of_dags_and_every_root() {
    for (int number = 0; number < ROOM + 2; number++) {
      holdings.put(holding(number, HoldingKind.ENTRY));
    }
    holdings.put(holding(9, HoldingKind.ROOT));

    assertEquals(ROOM, holdings.ofKind(HoldingKind.ENTRY).size());
    assertEquals(1, holdings.ofKind(HoldingKind.ROOT).size());
  }

  @Test
  void what_finds_no_room_is_counted_and_told_once_until_there_is_some() {
    List<String> lines = new CopyOnWriteArrayList<>();
    Handler keeping = new Kept(lines);
    Logger logger = Logger.getLogger(Holdings.class.getName());
    logger.addHandler(keeping);
    try {
      for (int number = 0; number < ROOM + 2; number++) {
        holdings.put(holding(number, HoldingKind.ENTRY));
      }
      holdings.put(holding(9, HoldingKind.ROOT));
      assertEquals(2, holdings.leftOut());
      assertEquals(1, lines.size());
      holdings.remove(holding(9, HoldingKind.ROOT).cid(), HoldingKind.ROOT);
      holdings.remove(holding(0, HoldingKind.ENTRY).cid(), HoldingKind.ENTRY);
      holdings.put(holding(5, HoldingKind.ENTRY));
      holdings.put(holding(6, HoldingKind.ENTRY));
      assertEquals(3, holdings.leftOut());
      assertEquals(2, lines.size());
    } finally {
      logger.removeHandler(keeping);
    }
  }

  /** Keeps the lines of a log. */
  private static final class Kept extends Handler {
    private final List<String> lines;

    Kept(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void what_goes_makes_room_for_another() {
    for (int number = 0; number < ROOM; number++) {
      holdings.put(holding(number, HoldingKind.ENTRY));
    }
    holdings.remove(holding(0, HoldingKind.ENTRY).cid(), HoldingKind.ENTRY);
    Holding late = holding(7, HoldingKind.ENTRY);
    holdings.put(late);

    assertEquals(late, holdings.ofKind(HoldingKind.ENTRY).getLast());
  }

  @Test
  void no_heap_is_so_large_that_there_are_more_than_the_limit() {
    Holdings large = new Holdings(Long.MAX_VALUE);
    for (int number = 0; number <= Holdings.MAX_HOLDINGS; number++) {
      large.put(holding(number, HoldingKind.ENTRY));
    }

    assertEquals(Holdings.MAX_HOLDINGS, large.ofKind(HoldingKind.ENTRY).size());
  }

  private static Holding holding(int number, HoldingKind kind) {
    byte[] bytes = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
    return new Holding(Cid.of(Multicodec.RAW, bytes), bytes.length, bytes.length, true, kind);
  }
}
