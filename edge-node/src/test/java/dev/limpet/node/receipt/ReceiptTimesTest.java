package dev.limpet.node.receipt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.receipt.ReceiptLog.Found;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.Tile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a receipt waits for until its checkpoint is signed; no time passes here. */
@Timeout(60)
class ReceiptTimesTest {
  private static final Duration AGE = Duration.ofDays(90);

  /** From an append to its checkpoint. */
  private static final Duration PROMISE = Duration.ofMillis(200);

  /** Receipts for which the queue has room. */
  private static final int WRITTEN_TOGETHER = 4096;

  @TempDir private Path dir;
  private final NodeIdentity node = NodeIdentity.generate();
  private final Waits waits = new Waits();
  private volatile LongPredicate room = _ -> true;
  private volatile Instant now = Instant.now();

  /** Receipts gather until a test lets them go; what the log asked for is taken down. */
  private static final class Waits implements Gathering {
    private final List<Duration> asked = new CopyOnWriteArrayList<>();
    private final Semaphore over = new Semaphore(0);

    @Override
    public boolean await(CountDownLatch closing, Duration time) throws InterruptedException {
      asked.add(time);
      over.acquire();
      return closing.getCount() == 0;
    }
  }

  private ReceiptLog.Parts parts() {
    return new ReceiptLog.Parts(dir, node, 64 << 20, AGE, bytes -> room.test(bytes), () -> now);
  }

  private Cid keep(ReceiptLog log) {
    return Objects.requireNonNull(log.keep(ReceiptSamples.receipt(node.peerId())));
  }

  private long signed() throws IOException {
    String note = Files.readString(dir.resolve("checkpoint"));
    return Checkpoint.parse(SignedNote.parse(note).text()).size();
  }

  private long bundles() {
    try (Stream<Path> all = Files.walk(dir.resolve("tile/entries"))) {
      return all.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void from_an_append_to_its_checkpoint_it_is_one_wait_of_at_most_half_the_promise_and_one_commit()
      throws IOException {
    try (ReceiptLog log = new ReceiptLog(parts(), waits)) {
      log.start();
      Cid first = keep(log);
      await().until(() -> waits.asked.size() == 1);
      Cid last = keep(log);
      assertEquals(0, signed());
      waits.over.release();
      await().until(() -> log.pending() == 0);
      assertEquals(2, signed());
      assertInstanceOf(Found.Proven.class, log.find(first));
      assertInstanceOf(Found.Proven.class, log.find(last));
      assertEquals(1, waits.asked.size());
      assertTrue(waits.asked.getFirst().compareTo(PROMISE.dividedBy(2)) <= 0);
      waits.over.release(); // to the end
    }
  }

  @Test
  @Tag("long")
  void however_much_is_too_old_a_receipt_that_comes_meanwhile_waits_for_one_step_of_it() {
    int full = (EntryFiles.MAX_PRUNED_BUNDLES + 2) * Tile.WIDTH;
    Waits filling = new Waits();
    try (ReceiptLog log = new ReceiptLog(parts(), filling)) {
      log.start();
      for (int i = 1; i <= full; i++) {
        keep(log);
        if (i % WRITTEN_TOGETHER == 0) {
          filling.over.release();
          await().until(() -> log.pending() == 0);
        }
      }
      filling.over.release(2); // the rest, and to the end
    }
    now = now.plus(AGE).plus(AGE);
    try (ReceiptLog log = new ReceiptLog(parts(), waits)) {
      keep(log);
      AtomicBoolean came = new AtomicBoolean();
      room =
          _ -> { // it is asked while the first is written
            if (came.compareAndSet(false, true)) {
              keep(log);
            }
            return true;
          };
      log.start();
      waits.over.release();
      await().until(() -> waits.asked.size() == 2);
      assertEquals(3, bundles(), "two that are too old, and the last");
      waits.over.release();
      await().until(() -> bundles() == 1);
      waits.over.release(); // to the end
    }
  }
}
