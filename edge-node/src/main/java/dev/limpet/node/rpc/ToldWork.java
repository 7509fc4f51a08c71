package dev.limpet.node.rpc;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Work that holds what others wait for, and tells its caller what it does. It runs in a thread of
 * its own, a queue ahead of what the caller has read, and waits for a slow one only so long in all;
 * then it goes on in silence. A caller who goes does not end it.
 *
 * @param <T> what is told
 */
final class ToldWork<T> {
  /** Told and not yet written, some 150 bytes each. */
  static final int MAX_UNTOLD = 16_384;

  /** For what one piece of work waits for its reader, all waits together. */
  static final Duration MAX_TOLD_WAIT = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger(ToldWork.class.getName());

  private final BlockingQueue<Optional<T>> told = new LinkedBlockingQueue<>();
  private final Semaphore room;
  private long leftNanos;
  private long untold;

  /** With the limits of every caller. */
  ToldWork() {
    this(MAX_UNTOLD, MAX_TOLD_WAIT);
  }

  ToldWork(int maxUntold, Duration maxWait) {
    room = new Semaphore(maxUntold);
    leftNanos = maxWait.toNanos();
  }

  /**
   * Runs it, and writes what it tells. Returns when both are done.
   *
   * @param work gets where to tell; its exceptions are thrown on
   * @param writing called in this thread; when it fails, no more is written
   */
  <R> R run(Function<Consumer<T>, R> work, Lines.Writing<T> writing) {
    FutureTask<R> task = new FutureTask<>(() -> work.apply(this::tell));
    Thread _ =
        Thread.ofVirtual()
            .name("told-work")
            .start(
                () -> {
                  task.run();
                  told.add(Optional.empty());
                });
    try {
      write(writing);
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } catch (ExecutionException e) {
      throw thrown(e);
    }
  }

  /** How much was not told, because the caller read too slowly; known when it has run. */
  long untold() {
    return untold;
  }

  private void write(Lines.Writing<T> writing) throws InterruptedException {
    boolean heard = true;
    for (Optional<T> next = told.take(); next.isPresent(); next = told.take()) {
      room.release();
      if (heard) {
        try {
          writing.write(next.get());
        } catch (IOException | UncheckedIOException | ServerConnectionException e) {
          heard = false;
          LOG.log(Level.DEBUG, "the caller went before the end of the work", e);
        }
      }
    }
  }

  /** Once something is left out, so is what follows. */
  private void tell(T value) {
    if (untold == 0 && hasRoom()) {
      told.add(Optional.of(value));
    } else {
      untold++;
    }
  }

  private boolean hasRoom() {
    if (room.tryAcquire()) {
      return true;
    }
    long before = System.nanoTime();
    try {
      return room.tryAcquire(leftNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      leftNanos -= System.nanoTime() - before;
    }
  }

  private static RuntimeException thrown(ExecutionException e) {
    switch (e.getCause()) {
      case RuntimeException cause -> throw cause;
      case Error cause -> throw cause;
      case null, default -> throw new IllegalStateException("work threw what it does not say", e);
    }
  }
}
