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
  private static final AdaptiveLimit.Bounds TWO = new AdaptiveLimit.Bounds(2, 2);

  private long now;
  private final NodeGate gate = new NodeGate(TWO, () -> now);
  private final List<String> took = new ArrayList<>();

  private NodeGate.Waiting call(String name, boolean wants) {
    return () -> {
      took.add(name);
      return wants;
    };
  }

  private void await(String name, long nanos) {
    now = nanos;
    gate.await(call(name, true));
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
    await("a", 0);
    await("b", 0);
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
    gate.await(call("gone", false));
    await("b", 0);
    gate.leave();
    assertEquals(List.of("gone", "b"), took);
    assertEquals(2, gate.inFlight());
    assertEquals(0, gate.waiting());
  }

  @Test
  void who_is_forgotten_gets_no_place() {
    fill();
    NodeGate.Waiting call = call("a", true);
    gate.await(call);
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
    gate.await(call);
    assertTrue(gate.giveUp(call, NodeGate.MAX_WAIT));
    assertFalse(gate.giveUp(call, NodeGate.MAX_WAIT));
    assertEquals(1, gate.refused());
    assertEquals(0, gate.waiting());
  }

  @Test
  void who_waited_a_second_in_vain_was_refused_and_nobody_waits_for_the_next_second() {
    fill();
    NodeGate.Waiting call = call("a", true);
    gate.await(call);
    now = NodeGate.MAX_WAIT.toNanos();
    assertTrue(gate.giveUp(call, NodeGate.MAX_WAIT));
    assertThrows(LimpetException.class, () -> await("b", now + NodeGate.CALM_NANOS));
    await("c", now + NodeGate.CALM_NANOS + 1);
  }

  @Test
  void who_had_little_time_of_its_own_keeps_nobody_else_from_waiting() {
    fill();
    NodeGate.Waiting call = call("a", true);
    gate.await(call);
    assertTrue(gate.giveUp(call, NodeGate.MAX_WAIT.minusMillis(1)));
    await("b", 1_000_000);
    assertEquals(1, gate.waiting());
  }

  @Test
  void that_a_node_refused_is_forgotten_when_another_is_at_its_place() {
    fill();
    for (int i = 0; i < NodeGate.MAX_WAITING_CALLS; i++) {
      await("a", 0);
    }
    assertThrows(LimpetException.class, () -> await("b", 0));
    gate.leave(); // the first of those that wait has its place
    assertThrows(LimpetException.class, () -> await("b", 1));
    gate.bounds(TWO);
    await("c", 2);
    assertEquals(NodeGate.MAX_WAITING_CALLS, gate.waiting());
  }

  @Test
  void a_place_that_became_free_before_one_began_to_wait_is_taken_at_once() {
    await("a", 0);
    assertEquals(List.of("a"), took);
    assertEquals(1, gate.inFlight());
  }

  @Test
  void the_queue_is_bounded() {
    fill();
    for (int i = 0; i < NodeGate.MAX_WAITING_CALLS; i++) {
      await("a", 0);
    }
    LimpetException full = assertThrows(LimpetException.class, () -> await("b", 0));
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
      now = 1 + i * gap;
      gate.answered(20_000, 1_000);
    }
  }

  @Test
  void a_burst_waits_but_not_longer_than_a_second() {
    slow(50_000);
    for (int i = 0; i < 20; i++) {
      await("a", 5);
    }
    LimpetException late = assertThrows(LimpetException.class, () -> await("b", 5));
    assertEquals(2, late.problem().retryAfterSeconds().orElseThrow());
  }

  @Test
  void a_queue_that_stands_takes_no_more_than_a_tenth_of_a_second() {
    slow(50_000);
    await("a", 5);
    long later = 5 + NodeGate.BURST_NANOS + 1;
    await("b", later);
    assertThrows(LimpetException.class, () -> await("c", later));
    assertEquals(2, gate.waiting());
  }

  @Test
  void a_queue_that_was_empty_for_a_moment_still_stands() {
    slow(101_000);
    await("a", 5);
    now = 5 + NodeGate.BURST_NANOS;
    gate.leave();
    // Empty for a moment only: it still stands.
    long soon = now + 1_000_000;
    assertThrows(LimpetException.class, () -> await("c", soon));
    await("d", soon + 2 * NodeGate.CALM_NANOS);
  }

  @Test
  void who_comes_within_a_second_of_a_refusal_does_not_wait() {
    slow(50_000);
    await("a", 5);
    long later = 5 + NodeGate.BURST_NANOS + 1;
    await("b", later);
    assertThrows(LimpetException.class, () -> await("c", later));
    gate.leave();
    gate.leave();
    assertEquals(0, gate.waiting());
    long soon = later + NodeGate.CALM_NANOS;
    assertThrows(LimpetException.class, () -> await("d", soon));
    await("e", soon + NodeGate.CALM_NANOS + 1);
    assertEquals(List.of("a", "b"), took);
  }

  @Test
  void with_many_threads_no_place_is_lost_and_none_is_given_twice() throws Exception {
    NodeGate shared = new NodeGate(TWO);
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
                      if (!shared.tryEnter()) {
                        Semaphore mine = new Semaphore(0);
                        shared.await(
                            () -> {
                              mine.release();
                              return true;
                            });
                        mine.acquireUninterruptibly();
                      }
                      work.run();
                      shared.leave();
                    }
                  }));
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertEquals(threads * each, done.get());
    assertTrue(most.get() <= 2, "at once " + most);
    assertEquals(0, shared.inFlight());
    assertEquals(0, shared.waiting());
  }
}
