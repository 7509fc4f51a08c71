package dev.limpet.node.invoke;

import dev.limpet.node.invoke.DataSource.Part;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Gets a large file or directory from several sources at once. It is cut into shares ({@link
 * Shares}); each source takes the next share when it has given one, so that a fast one gives more.
 *
 * <p>Invariants. A share is with one source at a time, or waits. A source that fails, or for which
 * the others would have to wait too long at the end, gives its share back and is not asked again;
 * what it gave stays, and whoever takes the share of a file goes on behind it. Leaves come once
 * where their size divides that of a range, as it does for files in blocks of 256 KiB or 1 MiB; the
 * few nodes above come with each share. Threads are never interrupted, since they write to the
 * store: one whose source was given up stops at its next block, or by the deadline.
 */
final class ParallelFetch {
  /** Sources that are asked at the same time; the link here is full with fewer. */
  static final int MAX_SOURCES_AT_ONCE = 4;

  /** Others wait so long at least for the last parts. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** The same as long as no part has come from anybody, so that nobody is known to be faster. */
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(100);

  private final DataFetch.Order order;
  private final DataFetch.Arrival arrival;
  private final OnePart one;
  private final Deque<Share> left = new ConcurrentLinkedDeque<>();
  private final BlockingQueue<Worker> ended = new LinkedBlockingQueue<>();

  /** Of a share of the weight 1. */
  private final AtomicLong longestNanos = new AtomicLong();

  /** Asks a source for a part. */
  @FunctionalInterface
  interface OnePart {
    /**
     * Asks.
     *
     * @return why the source failed, or null
     * @throws LimpetException when no other source can do better
     */
    @Nullable LimpetException fetch(
        DataSource source, Part part, DataFetch.Order order, DataFetch.Arrival arrival);
  }

  ParallelFetch(DataFetch.Order order, DataFetch.Arrival arrival, OnePart one) {
    this.order = order;
    this.arrival = arrival;
    this.one = one;
  }

  /**
   * Gets what is not here of a file whose root is, or of a directory whose list is; does nothing
   * for all else.
   *
   * @param able who is asked; those that fail are taken out
   * @param lead bytes of the blocks that are above a directory's entries; about
   * @return why they failed
   * @throws LimpetException when no source can do better
   */
  List<LimpetException> fetch(List<DataSource> able, long lead) {
    List<LimpetException> failures = new ArrayList<>();
    left.addAll(Shares.of(order.ref(), arrival, new Shares.Bounds(lead, order.meter().left())));
    while (left.size() > 1 && able.size() > 1) {
      round(able, failures);
    }
    while (!left.isEmpty() && !able.isEmpty()) {
      Worker alone = new Worker(able.getFirst());
      alone.work();
      alone.settle(able, failures);
    }
    return failures;
  }

  /** All of them at once, until none of them has anything to do. */
  private void round(List<DataSource> able, List<LimpetException> failures) {
    Set<Worker> working = new HashSet<>();
    for (DataSource source : able.stream().limit(MAX_SOURCES_AT_ONCE).toList()) {
      Worker worker = new Worker(source);
      working.add(worker);
      Thread.ofVirtual().name("limpet-fetch").start(worker);
    }
    try {
      boolean waiting = false;
      while (!working.isEmpty()) {
        order.check();
        Worker worker = ended.poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
        if (worker == null && waiting) {
          working.removeIf(slow -> slow.gaveUp(able, failures));
        } else if (worker != null && working.remove(worker)) {
          waiting |= worker.settle(able, failures);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } finally {
      working.forEach(Worker::stop);
    }
  }

  /** Asks one source for one part after the other. */
  private final class Worker implements Runnable {
    private final DataSource source;
    private volatile boolean stopped;
    private volatile @Nullable Share share;
    private volatile long sinceNanos = System.nanoTime();
    private @Nullable LimpetException failure;
    private @Nullable RuntimeException end;

    Worker(DataSource source) {
      this.source = source;
    }

    @Override
    public void run() {
      try {
        work();
      } finally {
        ended.add(this); // after an error, too, or the others wait for it until the deadline
      }
    }

    void work() {
      try {
        while (failure == null && !stopped && next()) {
          failure = fetched();
        }
      } catch (RuntimeException e) {
        end = e;
      }
    }

    private boolean next() {
      sinceNanos = System.nanoTime();
      Share next = left.pollFirst();
      share = next;
      return next != null;
    }

    private @Nullable LimpetException fetched() {
      Share now = share;
      Part rest = now == null ? null : now.rest();
      if (now == null || rest == null) {
        return null;
      }
      DataFetch.Order mine =
          new DataFetch.Order(
              rest.ref(),
              List.of(source),
              order.deadline(),
              () -> stopped || order.over().getAsBoolean(),
              order.meter());
      LimpetException failed = one.fetch(source, rest, mine, now.arrival());
      if (failed == null && now.rest() != null) {
        failed = DataFetch.partly();
      }
      if (failed == null) {
        long took = System.nanoTime() - sinceNanos;
        longestNanos.accumulateAndGet(took / now.weight(), Math::max);
      }
      return failed;
    }

    /**
     * Takes note of how it ended.
     *
     * @return whether it did so because no part was left
     */
    boolean settle(Collection<DataSource> able, List<LimpetException> failures) {
      if (end != null) {
        throw end;
      }
      if (failure != null) {
        leave(able, failures, failure);
        return false;
      }
      return true;
    }

    /** Gives it up when its share takes much longer than any of others did, for its size. */
    boolean gaveUp(Collection<DataSource> able, List<LimpetException> failures) {
      long longest = longestNanos.get();
      Share now = share;
      double weight = now == null ? 1 : now.weight();
      double patience =
          longest == 0 ? FIRST_PATIENCE.toNanos() : PATIENCE.toNanos() + 2 * longest * weight;
      if (System.nanoTime() - sinceNanos < patience) {
        return false;
      }
      stop();
      leave(
          able,
          failures,
          new LimpetException(ErrorCode.DATA_UNAVAILABLE, source + " is slower than others"));
      return true;
    }

    private void leave(
        Collection<DataSource> able, List<LimpetException> failures, LimpetException why) {
      able.remove(source);
      failures.add(why);
      Share back = share;
      if (back != null) {
        left.addFirst(back);
      }
    }

    void stop() {
      stopped = true;
    }
  }
}
