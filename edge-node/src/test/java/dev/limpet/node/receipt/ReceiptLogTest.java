package dev.limpet.node.receipt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.receipt.ReceiptLog.Found;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.WitnessRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReceiptLogTest {
  private static final Instant NOW = ReceiptSamples.STARTED.plusSeconds(60);
  private static final long QUOTA = 64 << 20;
  private static final Duration AGE = Duration.ofDays(90);

  @TempDir private Path dir;
  private final NodeIdentity node = NodeIdentity.generate();
  private volatile LongPredicate room = _ -> true;
  private volatile Instant now = NOW;

  private ReceiptLog open(Path folder, long quota) {
    return ReceiptLog.open(parts(folder, quota));
  }

  private ReceiptLog.Parts parts(Path folder, long quota) {
    return new ReceiptLog.Parts(folder, node, quota, AGE, bytes -> room.test(bytes), () -> now);
  }

  private Cid keep(ReceiptLog log) {
    return Objects.requireNonNull(log.keep(ReceiptSamples.receipt(node.peerId())));
  }

  private List<Cid> keep(ReceiptLog log, int count) {
    List<Cid> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      kept.add(keep(log));
    }
    await().until(() -> log.pending() == 0);
    return kept;
  }

  private static Found.Proven proven(ReceiptLog log, Cid receipt) {
    if (log.find(receipt) instanceof Found.Proven found) {
      return found;
    }
    await().until(() -> !(log.find(receipt) instanceof Found.Pending));
    return assertInstanceOf(Found.Proven.class, log.find(receipt));
  }

  private void requireGreen(Found.Proven found) {
    byte[] file = found.file().proof().toString().getBytes(StandardCharsets.UTF_8);
    Verification verification =
        ReceiptVerifier.verify(file, new ReceiptVerifier.Trust(null, node.peerId()), NOW);
    assertTrue(verification.isGreen(), () -> verification.checks().toString());
  }

  private static Checkpoint checkpoint(Path folder) throws IOException {
    return Checkpoint.parse(
        SignedNote.parse(Files.readString(folder.resolve("checkpoint"))).text());
  }

  /** What a machine finds on its disk after the process was killed. */
  private Path killed(Path folder) throws IOException {
    Path copy = Files.createDirectories(dir.resolve("copy"));
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path from : all.filter(path -> !path.equals(folder)).toList()) {
        Files.copy(from, copy.resolve(folder.relativize(from)));
      }
    }
    return copy;
  }

  @Test
  void a_receipt_that_was_promised_is_proven_later() {
    try (ReceiptLog log = open(dir, QUOTA)) {
      Cid receipt = keep(log);
      Found.Proven found = proven(log, receipt);
      requireGreen(found);
      assertEquals(1, log.appended());
      assertInstanceOf(
          Found.Missing.class,
          log.find(Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy")));
    }
  }

  @Test
  @Tag("long")
  void each_of_many_receipts_is_proven_also_after_a_restart_and_no_gap_is_told() {
    List<Cid> kept;
    try (ReceiptLog log = open(dir, QUOTA)) {
      kept = new ArrayList<>(keep(log, 300));
    }
    try (ReceiptLog log = open(dir, QUOTA)) {
      kept.addAll(keep(log, 300));
      assertEquals(600, log.size());
      for (Cid receipt : kept) {
        requireGreen(proven(log, receipt));
      }
      assertEquals(0, log.gaps());
    }
    assertTrue(Files.exists(dir.resolve("tile/1/000")));
  }

  @Test
  void what_waits_when_the_node_stops_is_written() {
    Cid receipt;
    try (ReceiptLog log = open(dir, QUOTA)) {
      receipt = keep(log);
    }
    try (ReceiptLog log = open(dir, QUOTA)) {
      requireGreen(proven(log, receipt));
      assertEquals(1, log.size());
    }
  }

  @Test
  void a_killed_process_leaves_a_gap_in_the_log_and_what_was_signed() throws IOException {
    Path folder = dir.resolve("log");
    try (ReceiptLog log = open(folder, QUOTA)) {
      List<Cid> kept = keep(log, 5);
      Path copy = killed(folder);
      Files.write(copy.resolve("tile/0/000"), new byte[77], StandardOpenOption.APPEND);
      Files.write(copy.resolve("tile/entries/000"), new byte[5], StandardOpenOption.APPEND);
      try (ReceiptLog again = open(copy, QUOTA)) {
        requireGreen(proven(again, kept.getLast()));
        assertEquals(1, again.gaps());
        assertEquals(6, again.size());
        requireGreen(proven(again, keep(again)));
      }
      try (ReceiptLog third = open(copy, QUOTA)) {
        requireGreen(proven(third, kept.getFirst()));
        assertEquals(0, third.gaps());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tile/0/000", "tile/1/000", "tile/entries/001", "checkpoint"})
  void nothing_is_signed_over_a_log_of_which_something_is_missing(String file) throws IOException {
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 300);
    }
    Checkpoint before = checkpoint(dir);
    Path broken = dir.resolve(file);
    byte[] bytes = Files.readAllBytes(broken);
    Files.write(broken, Arrays.copyOf(bytes, bytes.length - 1));
    try (ReceiptLog log = open(dir, QUOTA)) {
      await().until(() -> !log.isKeeping());
      assertNull(log.keep(ReceiptSamples.receipt(node.peerId())));
    }
    Files.write(broken, bytes);
    assertEquals(before, checkpoint(dir));
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 1);
      assertEquals(301, log.size());
    }
  }

  @Test
  void receipts_that_were_promised_before_a_damaged_log_opened_are_counted_as_lost()
      throws IOException {
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 2);
    }
    Files.delete(dir.resolve("checkpoint"));
    try (ReceiptLog log = new ReceiptLog(parts(dir, QUOTA))) {
      Cid first = keep(log);
      keep(log);
      log.start();
      await().until(() -> log.pending() == 0);
      assertEquals(2, log.lost());
      assertInstanceOf(Found.Missing.class, log.find(first));
    }
  }

  @Test
  void callers_that_go_on_while_a_damaged_log_opens_leave_no_promise_behind() throws IOException {
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 1);
    }
    Files.delete(dir.resolve("checkpoint"));
    AtomicLong promised = new AtomicLong();
    try (ReceiptLog log = new ReceiptLog(parts(dir, QUOTA))) {
      Runnable caller =
          () -> {
            while (log.keep(ReceiptSamples.receipt(node.peerId())) != null) {
              promised.incrementAndGet();
            }
          };
      List<Thread> callers =
          Stream.generate(() -> Thread.startVirtualThread(caller)).limit(4).toList();
      await().until(() -> promised.get() > 0);
      log.start();
      await().until(() -> callers.stream().noneMatch(Thread::isAlive) && !log.isKeeping());
      await().until(() -> log.pending() == 0);
      assertEquals(promised.get(), log.lost());
    }
  }

  @Test
  void a_witness_that_was_set_back_to_an_older_backup_is_shown_the_log_from_there()
      throws IOException {
    NodeIdentity operator = NodeIdentity.generate();
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 1);
      log.enrolled(ReceiptSamples.enrolment(operator, node.peerId()));
      assertEquals(3, seen(log, operator, 0, 2));
      assertEquals(5, seen(log, operator, 3, 2));
      assertEquals(6, seen(log, operator, 3, 1));
      assertEquals(7, seen(log, operator, 6, 1));
      assertNull(log.toWitness());
    }
  }

  @Test
  void a_cosignature_that_was_lost_on_its_way_is_asked_for_again() throws IOException {
    NodeIdentity operator = NodeIdentity.generate();
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 2);
      log.enrolled(ReceiptSamples.enrolment(operator, node.peerId()));
      log.witnessKnows(2); // it signed, and the answer did not come
      assertEquals(2, seen(log, operator, 2, 0));
      assertNull(log.toWitness());
    }
  }

  /**
   * Shows it to a witness that knows so many entries, until it signs; answers what it then knows.
   */
  private long seen(ReceiptLog log, NodeIdentity operator, long known, int more)
      throws IOException {
    keep(log, more);
    for (int i = 0; i < 2; i++) {
      WitnessRequest shown = Objects.requireNonNull(log.toWitness());
      if (shown.old() == known) {
        String text = shown.checkpoint().text();
        String name = Enrolment.keyName(operator.peerId());
        log.cosigned(shown, Cosignature.sign(text, name, operator, NOW));
        return Checkpoint.parse(text).size();
      }
      log.witnessKnows(known);
    }
    throw new AssertionError("what it shows does not begin at " + known);
  }

  @Test
  void a_log_without_its_checkpoint_or_with_that_of_another_node_is_not_gone_on_with()
      throws IOException {
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 3);
    }
    Path file = dir.resolve("checkpoint");
    Checkpoint checkpoint = checkpoint(dir);
    Files.writeString(
        file,
        SignedNote.sign(checkpoint.text(), checkpoint.origin(), NodeIdentity.generate())
            .toString());
    try (ReceiptLog log = open(dir, QUOTA)) {
      await().until(() -> !log.isKeeping());
    }
    Files.delete(file);
    try (ReceiptLog log = open(dir, QUOTA)) {
      await().until(() -> !log.isKeeping());
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void hashes_that_were_altered_are_an_error_and_no_proof() throws IOException {
    try (ReceiptLog log = open(dir, QUOTA)) {
      List<Cid> kept = keep(log, 4);
      byte[] hashes = Files.readAllBytes(dir.resolve("tile/0/000"));
      hashes[0] ^= 1;
      Files.write(dir.resolve("tile/0/000"), hashes);
      assertThrows(UncheckedIOException.class, () -> log.find(kept.get(1)));
    }
  }

  @Test
  void what_was_lost_before_a_stop_is_told_by_the_next_start_and_hides_nothing_meanwhile() {
    List<Cid> kept;
    try (ReceiptLog log = open(dir, QUOTA)) {
      kept = keep(log, 2);
      room = _ -> false;
      keep(log, 1);
      keep(log, 1);
      requireGreen(proven(log, kept.getFirst()));
    }
    room = _ -> true;
    try (ReceiptLog again = open(dir, QUOTA)) {
      requireGreen(proven(again, kept.getLast()));
      assertEquals(1, again.gaps());
    }
  }

  @Test
  void receipts_that_were_promised_and_found_no_disk_are_counted_and_the_log_says_so() {
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 2);
      room = _ -> false;
      Cid lost = keep(log, 1).getFirst();
      assertInstanceOf(Found.Missing.class, log.find(lost));
      assertEquals(1, log.lost());
      assertEquals(2, log.size());
      room = _ -> true;
      requireGreen(proven(log, keep(log)));
      assertEquals(1, log.gaps());
      assertEquals(4, log.size());
    }
  }

  @Test
  @Tag("long")
  void a_receipt_for_which_the_queue_has_no_room_is_not_promised() {
    CountDownLatch goOn = new CountDownLatch(1);
    room =
        _ -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
    try (ReceiptLog log = open(dir, QUOTA)) {
      int promised = 0;
      while (log.keep(ReceiptSamples.receipt(node.peerId())) != null) {
        promised++;
        assertTrue(promised < 20_000, "a queue without an end");
      }
      assertEquals(1, log.dropped());
      goOn.countDown();
      await().until(() -> log.pending() == 0);
      assertEquals(promised, log.size());
    }
  }

  @Test
  void old_entries_go_and_their_hashes_stay() {
    try (ReceiptLog log = open(dir, 200_000)) {
      List<Cid> kept = keep(log, 600);
      await().until(() -> !Files.exists(dir.resolve("tile/entries/000")));
      await().until(() -> log.storedBytes() <= 200_000);
      assertInstanceOf(Found.Missing.class, log.find(kept.getFirst()));
      assertTrue(Files.exists(dir.resolve("tile/0/000")));
      requireGreen(proven(log, kept.getLast()));
    }
    try (ReceiptLog log = open(dir, 200_000)) {
      requireGreen(proven(log, keep(log)));
      assertEquals(601, log.size());
    }
  }

  @Test
  void entries_go_when_they_are_too_old() {
    try (ReceiptLog log = open(dir, QUOTA)) {
      keep(log, 300);
      assertTrue(Files.exists(dir.resolve("tile/entries/000")));
      now = Instant.now().plus(AGE).plusSeconds(3600);
      keep(log, 1);
      await().until(() -> !Files.exists(dir.resolve("tile/entries/000")));
      assertTrue(Files.exists(dir.resolve("tile/entries/001")));
    }
  }

  @Test
  void a_quota_of_nothing_keeps_nothing_and_makes_no_folder() {
    Path folder = dir.resolve("none");
    try (ReceiptLog log = open(folder, 0)) {
      assertFalse(log.isKeeping());
      assertNull(log.keep(ReceiptSamples.receipt(node.peerId())));
      assertNotNull(
          log.find(Cid.parse("bafyreifv4u6dyzpfw6ozcax4qvxwx2cgveu5svkyi7avrudo7yciabucya")));
    }
    assertFalse(Files.exists(folder));
  }
}
