package dev.limpet.gateway.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DrainTest {
  private final AtomicInteger runs = new AtomicInteger();
  private final Queue queue = new Queue();

  /** A stream that is full when a test says so, and tells its handler each time that it is not. */
  private static final class Queue implements WriteStream<Buffer> {
    private boolean full;
    private @Nullable Handler<Void> handler;

    void drained() {
      full = false;
      Handler<Void> told = handler;
      if (told != null) {
        told.handle(null);
      }
    }

    @Override
    public boolean writeQueueFull() {
      return full;
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> next) {
      handler = next;
      return this;
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> next) {
      return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int most) {
      return this;
    }
  }

  @Test
  void a_stream_that_takes_more_is_not_waited_for() {
    Drain.of(queue, runs::incrementAndGet);
    assertEquals(1, runs.get());
  }

  @Test
  void what_waited_runs_once_however_often_the_stream_is_full_again() {
    queue.full = true;
    Drain.of(queue, runs::incrementAndGet);
    assertEquals(0, runs.get());
    for (int i = 0; i < 3; i++) {
      queue.drained();
      queue.full = true;
    }
    assertEquals(1, runs.get());
  }
}
