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
  private static final int LARGE_READS = 500;

  /** What the socket gives at once when a body comes. */
  private static final int LARGE_BYTES = 8 << 10;

  /** As long as it takes to copy much, and longer than who has waited for little. */
  private static final long LARGE_NANOS = 60_000;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger begunAtFirstEnd = new AtomicInteger();

  @SuppressWarnings("removal") // a later server makes the reader an interface
  private void serve(CountDownLatch start, RequestSocket socket, int reads) {
    GuardedReader reader = new GuardedReader(new DataReader(() -> new byte[0]), socket, () -> true);
    try {
      start.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    begun.incrementAndGet();
    for (int i = 0; i < reads; i++) {
      reader.ensureAvailable();
      reader.skip(reader.available());
    }
    if (ended.getAndIncrement() == 0) {
      begunAtFirstEnd.set(begun.get());
    }
  }

  @Test
  void a_busy_connection_lets_others_have_their_turn() throws InterruptedException {
    allBeginBeforeOneEnds(new Eager(new byte[1], 0), READS);
  }

  @Test
  void so_does_one_whose_body_is_here_though_each_read_of_it_takes_long()
      throws InterruptedException {
    allBeginBeforeOneEnds(new Eager(new byte[LARGE_BYTES], LARGE_NANOS), LARGE_READS);
  }

  private void allBeginBeforeOneEnds(RequestSocket socket, int reads) throws InterruptedException {
    int connections = 4 * Runtime.getRuntime().availableProcessors();
    List<Thread> threads = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    for (int i = 0; i < connections; i++) {
      threads.add(Thread.ofVirtual().start(() -> serve(start, socket, reads)));
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
    private final byte[] bytes;
    private final long nanos;

    /**
     * Gives these bytes each time.
     *
     * @param nanos that a read takes
     */
    Eager(byte[] bytes, long nanos) {
      this.bytes = bytes;
      this.nanos = nanos;
    }

    @Override
    public byte[] get() {
      long began = System.nanoTime();
      while (System.nanoTime() - began < nanos) {
        Thread.onSpinWait();
      }
      return bytes;
    }

    @Override
    @SuppressWarnings("removal") // which a later server does not have
    public int read(BufferData buffer) {
      throw new AssertionError("each read may be that of a head");
    }
  }
}
