package dev.limpet.gateway.admission;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;

/**
 * Threads for what blocks (the database, the block store, the gate), and a bounded wait for them.
 */
public final class BlockingWork implements AutoCloseable {
  /** Pieces of work that wait or run; each may hold a body of a few megabytes. */
  public static final int MAX_PENDING = 256;

  /** Scrapes that wait or run; each holds a text of a few hundred kilobytes. */
  public static final int MAX_SCRAPES = 4;

  private final WorkerExecutor threads;
  private final Permits pending = new Permits("pieces of background work", MAX_PENDING);
  private final WorkerExecutor scraper;
  private final Permits scrapes = new Permits("scrapes", MAX_SCRAPES);

  /** Starts with {@code size} threads. */
  public BlockingWork(Vertx vertx, int size) {
    this.threads = vertx.createSharedWorkerExecutor("limpet-worker", size);
    this.scraper = vertx.createSharedWorkerExecutor("limpet-scraper", 1);
  }

  /**
   * Runs {@code work} on one of the threads; the future completes on the caller's event loop. Fails
   * with {@code overloaded} when too much is waiting.
   */
  public <T> Future<T> run(Callable<T> work) {
    return pending.during(() -> threads.executeBlocking(work, false));
  }

  /**
   * As {@link #run}, with a thread and room of its own: how much waits is asked most when there is
   * no room for anything else.
   */
  public <T> Future<T> scrape(Callable<T> work) {
    return scrapes.during(() -> scraper.executeBlocking(work, false));
  }

  /** Pieces that wait or run, scrapes apart. */
  public int pending() {
    return pending.taken();
  }

  @Override
  public void close() {
    threads.close();
    scraper.close();
  }
}
