package dev.limpet.gateway.call;

import static org.awaitility.Awaitility.await;

import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** More bytes than lie between two who do not read, sent part by part and counted. */
final class ManyBytes {
  private static final int PART_BYTES = 64 << 10;

  private final int total;
  private final AtomicLong sent = new AtomicLong();

  ManyBytes(int total) {
    this.total = total;
  }

  /** Where a part goes; may block. */
  @FunctionalInterface
  interface Sink {
    void send(byte[] part) throws IOException;
  }

  /** Sends all of them. */
  void sendTo(Sink sink) throws IOException {
    byte[] part = new byte[PART_BYTES];
    for (int i = 0; i < total / PART_BYTES; i++) {
      sink.send(part);
      sent.addAndGet(PART_BYTES);
    }
  }

  /** A node that answers with all of them. */
  WireServer node() {
    return CallsUnderTest.node(
        exchange -> {
          exchange.begin(200);
          sendTo(exchange::chunk);
          exchange.end();
        });
  }

  /** How many were sent when no more of them are taken. */
  long awaitStandstill() {
    await().atMost(Duration.ofSeconds(20)).until(this::stands);
    return sent.get();
  }

  private boolean stands() {
    long before = sent.get();
    await().during(Duration.ofMillis(300)).until(() -> true);
    return before > 0 && sent.get() == before;
  }
}
