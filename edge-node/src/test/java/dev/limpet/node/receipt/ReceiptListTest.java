package dev.limpet.node.receipt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.GapItem;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.ReceiptItem;
import dev.limpet.protocol.ReceiptPage;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptQuery;
import dev.limpet.protocol.receipt.ReceiptSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which receipts there are in a log. */
@Timeout(60)
class ReceiptListTest {
  private static final Instant NOW = ReceiptSamples.STARTED.plusSeconds(60);

  @TempDir private Path dir;
  private final NodeIdentity node = NodeIdentity.generate();

  private ReceiptLog open(Path folder) {
    return ReceiptLog.open(
        new ReceiptLog.Parts(folder, node, 64 << 20, Duration.ofDays(90), _ -> true, () -> NOW));
  }

  private List<Cid> keep(ReceiptLog log, int count) {
    List<Cid> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      kept.add(Objects.requireNonNull(log.keep(ReceiptSamples.receipt(node.peerId()))));
    }
    await().until(() -> log.pending() == 0);
    return kept;
  }

  private static List<ReceiptItem> all(ReceiptLog log, ReceiptQuery wanted) throws IOException {
    List<ReceiptItem> items = new ArrayList<>();
    String next = "0";
    while (next != null) {
      ReceiptPage page = log.list(wanted, Long.parseLong(next), 100);
      items.addAll(page.items());
      next = page.next();
    }
    return items;
  }

  @Test
  void a_list_has_each_receipt_once_in_the_order_of_the_log_also_when_it_takes_several_pages()
      throws IOException {
    try (ReceiptLog log = open(dir)) {
      List<Cid> kept = keep(log, 600);
      List<ReceiptItem> items = all(log, ReceiptQuery.of(QueryParameters.NONE));
      assertEquals(kept, items.stream().map(ReceiptItem::receipt).toList());
      assertEquals(599, items.getLast().entry());
      Receipt sample = ReceiptSamples.receipt(node.peerId());
      String function = "function=" + sample.work().function();
      String from = "&data=" + sample.work().inputs().getFirst().split("/", -1)[0];
      String started = "&since=" + ReceiptSamples.STARTED;
      assertEquals(600, all(log, asked(function + from + started)).size());
      assertEquals(0, all(log, asked("until=" + ReceiptSamples.STARTED)).size());
      assertEquals(0, all(log, asked("data=" + sample.work().function())).size());
      assertEquals(0, all(log, asked("function=" + kept.getFirst())).size());
      String one = items.get(7).execution().text();
      assertEquals(List.of(items.get(7)), all(log, asked("execution=" + one)));
    }
  }

  private static ReceiptQuery asked(String query) {
    return ReceiptQuery.of(QueryParameters.parse(query));
  }

  @Test
  void a_list_passes_over_what_was_written_before_the_time_that_is_asked_for() throws IOException {
    try (ReceiptLog log = open(dir)) {
      keep(log, 300);
      Path full = dir.resolve("tile/entries/000");
      Files.setLastModifiedTime(full, FileTime.from(ReceiptSamples.STARTED.minusSeconds(1)));
      List<ReceiptItem> items = all(log, asked("since=" + ReceiptSamples.STARTED));
      assertEquals(44, items.size());
      assertEquals(256, items.getFirst().entry());
    }
  }

  @Test
  void a_gap_is_in_the_list_of_whoever_asks_about_its_time() throws IOException {
    Path log = dir.resolve("log");
    try (ReceiptLog first = open(log)) {
      keep(first, 1);
    }
    Files.createFile(log.resolve("open")); // as a process leaves it that was killed
    try (ReceiptLog again = open(log)) {
      ReceiptPage page =
          await()
              .ignoreException(IOException.class) // it is counted before the log is open
              .until(() -> again.list(asked("since=" + NOW), 0, 100), _ -> again.gaps() == 1);
      GapItem gap = page.gaps().getFirst();
      assertEquals(NOW, gap.until());
      assertNull(gap.lost());
      String later = "since=" + NOW.plusSeconds(1);
      assertEquals(List.of(), again.list(asked(later), 0, 100).gaps());
    }
  }
}
