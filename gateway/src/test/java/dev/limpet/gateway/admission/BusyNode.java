package dev.limpet.gateway.admission;

import dev.limpet.protocol.LimpetException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A node behind its gate, in virtual time: so many cores run one call after the other, first come
 * first served; calls take equally long but for a tenth.
 */
final class BusyNode {
  private static final long SEED = 11;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int NANOS_PER_MICRO = 1000;
  private static final double SHORTEST = 0.9;
  private static final double SPREAD = 0.2;
  private static final int MOST_CALLS = 256;

  private final int cores;
  private final long service;
  private final Random random = new Random(SEED);
  private final NodeGate gate;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::turn));
  private final Deque<Call> queue = new ArrayDeque<>();
  private final List<Long> took = new ArrayList<>();
  private long now = 1;
  private long turns;
  private int running;
  private int refused;

  private record Event(long at, long turn, Runnable what) {}

  BusyNode(int cores, int millis) {
    this.cores = cores;
    this.service = millis * NANOS_PER_MILLI;
    this.gate = new NodeGate(new AdaptiveLimit.Bounds(2 * cores, MOST_CALLS), () -> now);
  }

  /** One call, and what its caller does when it is over. */
  private final class Call {
    private final long came = now;
    private final Runnable then;
    private long arrived;

    Call(Runnable then) {
      this.then = then;
      if (gate.tryEnter()) {
        arrive();
        return;
      }
      try {
        gate.await(this::take);
      } catch (LimpetException e) {
        refused++;
        at(now + NANOS_PER_MILLI, then);
      }
    }

    private boolean take() {
      at(now, this::arrive);
      return true;
    }

    private void arrive() {
      arrived = now;
      queue.add(this);
      work();
    }

    private void run() {
      long waited = now - arrived;
      long runs = Math.round(service * (SHORTEST + SPREAD * random.nextDouble()));
      at(now + runs, () -> ended(waited, runs));
    }

    private void ended(long waited, long ran) {
      running--;
      took.add(now - came);
      gate.answered(waited / NANOS_PER_MICRO, ran / NANOS_PER_MICRO);
      gate.leave();
      then.run();
      work();
    }
  }

  private void work() {
    while (running < cores && !queue.isEmpty()) {
      running++;
      queue.poll().run();
    }
  }

  private void at(long when, Runnable what) {
    events.add(new Event(when, turns++, what));
  }

  private void until(long end) {
    while (!events.isEmpty() && events.peek().at <= end) {
      Event next = events.poll();
      now = next.at;
      next.what.run();
    }
    now = end;
  }

  /** Callers who wait for each answer before they ask again. */
  void askInTurn(int callers, long nanos) {
    for (int caller = 0; caller < callers; caller++) {
      askAgain();
    }
    until(now + nanos);
  }

  private void askAgain() {
    Call _ = new Call(this::askAgain);
  }

  /** So many calls a second, whatever comes of them. */
  void ask(double perSecond, long nanos) {
    long start = now;
    long count = Math.round(perSecond * nanos / 1e9);
    for (long turn = 0; turn < count; turn++) {
      at(start + Math.round(turn * 1e9 / perSecond), () -> new Call(() -> {}));
    }
    until(start + nanos);
  }

  /** Counts from here on. */
  void forgetAnswers() {
    took.clear();
    refused = 0;
  }

  int answers() {
    return took.size();
  }

  int refused() {
    return refused;
  }

  /** Within what time so large a part of the calls was answered. */
  long nanos(double part) {
    return took.stream().sorted().skip((long) (took.size() * part)).findFirst().orElseThrow();
  }
}
