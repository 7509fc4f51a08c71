package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections whose next request is always there already share the threads that serve them. */
@Timeout(60)
class FairReadsTest {
  private static final int READS = 10_000;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger begunAtFirstEnd = new AtomicInteger();

  @SuppressWarnings("removal") // a later server makes the reader an interface
  private void serve(CountDownLatch start) {
    GuardedReader reader =
        new GuardedReader(new DataReader(() -> new byte[0]), new Eager(), () -> true);
    try {
      start.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    begun.incrementAndGet();
    for (int i = 0; i < READS; i++) {
      reader.ensureAvailable();
      reader.skip(reader.available());
    }
    if (ended.getAndIncrement() == 0) {
      begunAtFirstEnd.set(begun.get());
    }
  }

  @Test
  void a_busy_connection_lets_others_have_their_turn() throws InterruptedException {
    int connections = 4 * Runtime.getRuntime().availableProcessors();
    List<Thread> threads = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    for (int i = 0; i < connections; i++) {
      threads.add(Thread.ofVirtual().start(() -> serve(start)));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(connections, ended.get());
    assertEquals(connections, begunAtFirstEnd.get(), "began before the first had ended");
  }

  /** Never waits: its client is faster than the server. */
  private static final class Eager extends RequestSocket {
    @Override
    public byte[] get() {
      return new byte[] {1};
    }

    @Override
    @SuppressWarnings("removal") // which a later server does not have
    public int read(BufferData buffer) {
      buffer.write(1);
      return 1;
    }
  }
}
