package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.engine.Budget.Admission;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BudgetTest {

  private final Budget budget = new Budget(100);

  private static long inAMinute() {
    return System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
  }

  private Admission await(Budget.Lease lease, long amount) {
    return budget.await(lease, amount, inAMinute(), new StopSignal());
  }

  private void untilWaiting(int count) {
    while (budget.waiting() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void what_is_reserved_is_held_until_it_is_given_back() {
    Budget.Lease lease = budget.lease();
    assertEquals(Admission.GRANTED, await(lease, 60));
    assertTrue(lease.tryReserve(40));
    assertFalse(lease.tryReserve(1));
    assertEquals(100, budget.held());
    lease.release(30);
    assertEquals(70, budget.held());
    lease.close();
    assertEquals(0, budget.held());
  }

  @Test
  void what_can_never_be_had_is_refused_at_once() {
    assertEquals(Admission.TOO_LATE, await(budget.lease(), 101));
  }

  @Test
  void a_deadline_ends_the_wait() {
    assertTrue(budget.lease().tryReserve(100));
    long soon = System.nanoTime() + 1_000_000;
    assertEquals(Admission.TOO_LATE, budget.await(budget.lease(), 1, soon, new StopSignal()));
    assertEquals(0, budget.waiting());
  }

  @Test
  void a_stop_ends_the_wait() throws Exception {
    assertTrue(budget.lease().tryReserve(100));
    StopSignal signal = new StopSignal();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Admission> waiting =
          callers.submit(() -> budget.await(budget.lease(), 1, inAMinute(), signal));
      untilWaiting(1);
      signal.stop(new StopReason.Cancelled());
      assertEquals(Admission.STOPPED, waiting.get());
    }
    assertEquals(100, budget.held());
  }

  @Test
  void an_interrupt_ends_the_wait_as_cancelled() throws Exception {
    assertTrue(budget.lease().tryReserve(100));
    StopSignal signal = new StopSignal();
    List<Admission> answers = new CopyOnWriteArrayList<>();
    Thread waiter =
        Thread.ofVirtual()
            .start(() -> answers.add(budget.await(budget.lease(), 1, inAMinute(), signal)));
    untilWaiting(1);
    waiter.interrupt();
    waiter.join();
    assertEquals(List.of(Admission.STOPPED), answers);
    assertEquals(new StopReason.Cancelled(), signal.reason());
  }

  @Test
  void starts_are_served_in_order_and_running_guests_before_them() throws Exception {
    Budget.Lease running = budget.lease();
    assertTrue(running.tryReserve(90));
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Budget.Lease big = budget.lease();
      Future<Admission> first = callers.submit(() -> await(big, 50));
      untilWaiting(1);
      Budget.Lease small = budget.lease();
      Future<Admission> second = callers.submit(() -> await(small, 5));
      untilWaiting(2);
      assertFalse(second.isDone());
      assertTrue(running.tryReserve(10));
      running.release(40);
      untilWaiting(2);
      running.close();
      assertEquals(Admission.GRANTED, first.get());
      assertEquals(Admission.GRANTED, second.get());
      big.close();
      small.close();
    }
    assertEquals(0, budget.held());
  }

  @Test
  void many_threads_never_hold_more_than_there_is() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        int amount = 1 + i % 60;
        Future<?> _ =
            callers.submit(
                () -> {
                  try (Budget.Lease lease = budget.lease()) {
                    assertEquals(Admission.GRANTED, await(lease, amount));
                    assertTrue(budget.held() <= 100);
                    lease.tryReserve(20);
                    assertTrue(budget.held() <= 100);
                  }
                });
      }
    }
    assertEquals(0, budget.held());
    assertEquals(0, budget.waiting());
  }
}
