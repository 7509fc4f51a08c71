package dev.limpet.gateway.admission;

import static dev.limpet.gateway.admission.AdaptiveLimit.WINDOW_CALLS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Places at a node, and who waits for them. */
class NodeGateTest {
  private final NodeGate gate = new NodeGate(new AdaptiveLimit.Bounds(2, 2));
  private final List<String> took = new ArrayList<>();

  private NodeGate.Waiting call(String name, boolean wants) {
    return () -> {
      took.add(name);
      return wants;
    };
  }

  private void fill() {
    for (int i = 0; i < 2; i++) {
      assertTrue(gate.tryEnter());
    }
  }

  @Test
  void as_many_enter_as_the_limit_says_and_the_next_ones_wait_in_turn() {
    fill();
    assertFalse(gate.tryEnter());
    gate.await(call("a", true), 0);
    gate.await(call("b", true), 0);
    assertEquals(2, gate.waiting());
    gate.leave();
    assertEquals(List.of("a"), took);
    assertFalse(gate.tryEnter(), "b was first");
    gate.leave();
    assertEquals(List.of("a", "b"), took);
    assertEquals(2, gate.inFlight());
  }

  @Test
  void a_place_that_one_does_not_want_any_more_goes_to_the_next() {
    fill();
    gate.await(call("gone", false), 0);
    gate.await(call("b", true), 0);
    gate.leave();
    assertEquals(List.of("gone", "b"), took);
    assertEquals(2, gate.inFlight());
    assertEquals(0, gate.waiting());
  }

  @Test
  void who_is_forgotten_gets_no_place() {
    fill();
    NodeGate.Waiting call = call("a", true);
    gate.await(call, 0);
    assertTrue(gate.forget(call));
    assertFalse(gate.forget(call));
    assertEquals(0, gate.refused());
    gate.leave();
    gate.leave();
    assertEquals(List.of(), took);
    assertEquals(0, gate.inFlight());
    assertTrue(gate.tryEnter());
  }

  @Test
  void who_waited_in_vain_counts_as_refused_once() {
    fill();
    NodeGate.Waiting call = call("a", true);
    gate.await(call, 0);
    assertTrue(gate.giveUp(call));
    assertFalse(gate.giveUp(call));
    assertEquals(1, gate.refused());
    assertEquals(0, gate.waiting());
  }

  @Test
  void a_place_that_became_free_before_one_began_to_wait_is_taken_at_once() {
    gate.await(call("a", true), 0);
    assertEquals(List.of("a"), took);
    assertEquals(1, gate.inFlight());
  }

  @Test
  void the_queue_is_bounded() {
    fill();
    for (int i = 0; i < NodeGate.MAX_WAITING_CALLS; i++) {
      gate.await(call("a", true), 0);
    }
    LimpetException full =
        assertThrows(LimpetException.class, () -> gate.await(call("b", true), 0));
    assertEquals(ErrorCode.OVERLOADED, full.code());
    assertEquals(1, full.problem().retryAfterSeconds().orElseThrow());
    assertEquals(1, gate.refused());
  }

  /** Two places, answers every so many microseconds: each one who waits makes it so much longer. */
  private void slow(int micros) {
    fill();
    for (int i = 0; i < WINDOW_CALLS; i++) {
      // The first answer only opens the window.
      long gap = Math.ceilDiv(micros * 1_000L * WINDOW_CALLS, WINDOW_CALLS - 1);
      gate.answered(1 + i * gap, 20_000, 1_000);
    }
  }

  @Test
  void a_burst_waits_but_not_longer_than_a_second() {
    slow(50_000);
    for (int i = 0; i < 20; i++) {
      gate.await(call("a", true), 5);
    }
    LimpetException late =
        assertThrows(LimpetException.class, () -> gate.await(call("b", true), 5));
    assertEquals(2, late.problem().retryAfterSeconds().orElseThrow());
  }

  @Test
  void a_queue_that_stands_takes_no_more_than_a_tenth_of_a_second() {
    slow(50_000);
    gate.await(call("a", true), 5);
    long later = 5 + NodeGate.BURST_NANOS + 1;
    gate.await(call("b", true), later);
    assertThrows(LimpetException.class, () -> gate.await(call("c", true), later));
    assertEquals(2, gate.waiting());
  }

  @Test
  void a_queue_that_was_empty_for_a_moment_still_stands() {
    slow(101_000);
    gate.await(call("a", true), 5);
    gate.leave();
    // Empty for a moment only: it still stands.
    long soon = System.nanoTime() + 1_000_000;
    assertThrows(LimpetException.class, () -> gate.await(call("c", true), soon));
    gate.await(call("d", true), soon + 2 * NodeGate.CALM_NANOS);
  }

  @Test
  void who_comes_within_a_second_of_a_refusal_does_not_wait() {
    slow(50_000);
    gate.await(call("a", true), 5);
    long later = 5 + NodeGate.BURST_NANOS + 1;
    gate.await(call("b", true), later);
    assertThrows(LimpetException.class, () -> gate.await(call("c", true), later));
    gate.leave();
    gate.leave();
    assertEquals(0, gate.waiting());
    long soon = later + NodeGate.CALM_NANOS;
    assertThrows(LimpetException.class, () -> gate.await(call("d", true), soon));
    gate.await(call("e", true), soon + NodeGate.CALM_NANOS + 1);
    assertEquals(List.of("a", "b"), took);
  }

  @Test
  void with_many_threads_no_place_is_lost_and_none_is_given_twice() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    int threads = 4;
    int each = 2000;
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Thread> all = new ArrayList<>();
    Runnable work =
        () -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          Thread.onSpinWait();
          inside.decrementAndGet();
          done.incrementAndGet();
        };
    for (int t = 0; t < threads; t++) {
      all.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                    for (int i = 0; i < each; i++) {
                      if (!gate.tryEnter()) {
                        Semaphore mine = new Semaphore(0);
                        gate.await(
                            () -> {
                              mine.release();
                              return true;
                            },
                            System.nanoTime());
                        mine.acquireUninterruptibly();
                      }
                      work.run();
                      gate.leave();
                    }
                  }));
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertEquals(threads * each, done.get());
    assertTrue(most.get() <= 2, "at once " + most);
    assertEquals(0, gate.inFlight());
    assertEquals(0, gate.waiting());
  }
}
