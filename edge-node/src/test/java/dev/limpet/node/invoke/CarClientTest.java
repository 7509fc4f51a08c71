package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.car.CarReader;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.testkit.wire.WireServer;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A peer that begins an answer and stands still. */
class CarClientTest {
  /** Of a header of a hundred bytes the first nineteen. */
  private static final byte[] BEGINNING = Arrays.copyOf(new byte[] {100}, 20);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong came = new AtomicLong();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private WireServer standing() {
    return WireServer.start(
        e -> {
          e.begin(200, "Content-Type: application/vnd.ipld.car");
          e.chunk(BEGINNING);
          try {
            ended.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private LimpetException failure(URI url, Duration silence, BooleanSupplier over) {
    try (CarClient client = new CarClient(timer, silence)) {
      CarClient.Wanted wanted =
          new CarClient.Wanted(
              url,
              Authorities.ofMachine("none"),
              Map.of(),
              Deadline.in(Duration.ofMinutes(5)),
              over);
      return assertThrows(
          LimpetException.class, () -> client.get(wanted, came::addAndGet, CarReader::next));
    } finally {
      ended.countDown();
    }
  }

  @Test
  void has_failed_when_it_was_silent_for_too_long() {
    try (WireServer peer = standing()) {
      LimpetException failure = failure(peer.url(), Duration.ofMillis(200), () -> false);
      assertEquals(ErrorCode.NODE_FAILED, failure.code());
    }
  }

  @Test
  void is_left_when_nobody_wants_it_any_more() {
    AtomicBoolean asked = new AtomicBoolean();
    try (WireServer peer = standing()) {
      LimpetException failure =
          failure(
              peer.url(),
              Duration.ofMinutes(5),
              () -> {
                asked.set(true);
                return came.get() > 0;
              });
      assertEquals(ErrorCode.NODE_FAILED, failure.code());
      assertTrue(asked.get());
    }
  }
}
