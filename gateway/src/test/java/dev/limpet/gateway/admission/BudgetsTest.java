package dev.limpet.gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.LimpetException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Parts of callers, second tries, and nodes that are left alone. */
class BudgetsTest {
  private long now = Long.MAX_VALUE - 1; // nanoTime may overflow
  private final Circuit circuit = new Circuit(() -> now);

  @Test
  void one_who_has_its_part_leaves_the_rest_to_others() {
    Shares<String> shares = new Shares<>("this function", 2);
    shares.take("a");
    shares.take("a");
    LimpetException more = assertThrows(LimpetException.class, () -> shares.take("a"));
    assertTrue(more.problem().detail().startsWith("this function has 2 calls"));
    assertEquals(1, shares.refused());
    shares.take("b");
    shares.release("a");
    shares.take("a");
    shares.release("a");
    shares.release("a");
    shares.release("b");
    assertEquals(0, shares.size());
  }

  @Test
  void second_tries_are_a_fifth_of_the_calls_at_most() {
    RetryBudget budget = new RetryBudget();
    int saved = 0;
    while (budget.spend()) {
      saved++;
    }
    assertEquals(RetryBudget.MAX_SAVED, saved);
    assertEquals(1, budget.denied());
    int tries = 0;
    for (int i = 0; i < 1000; i++) {
      budget.called();
      tries += budget.spend() ? 1 : 0;
    }
    assertEquals(200, tries);
  }

  @Test
  void what_is_saved_of_calls_without_tries_is_bounded() {
    RetryBudget budget = new RetryBudget();
    for (int i = 0; i < 1000; i++) {
      budget.called();
    }
    int saved = 0;
    while (budget.spend()) {
      saved++;
    }
    assertEquals(RetryBudget.MAX_SAVED, saved);
  }

  @Test
  void a_node_that_fails_in_a_row_is_left_alone() {
    fail(Circuit.MAX_FAILURES - 1);
    assertTrue(circuit.allows());
    circuit.worked();
    fail(Circuit.MAX_FAILURES - 1);
    assertFalse(circuit.isOpen(), "they were not in a row");
    fail(1);
    assertTrue(circuit.isOpen());
    assertFalse(circuit.allows());
    circuit.worked();
    assertTrue(circuit.allows());
    assertFalse(circuit.isOpen());
  }

  @Test
  void one_call_tries_a_node_that_failed_and_others_wait_for_what_comes_of_it() {
    circuit.tries();
    assertTrue(circuit.allows(), "nothing failed");
    fail(Circuit.MAX_FAILURES);
    pass(Circuit.FIRST_PAUSE);
    assertTrue(circuit.allows());
    circuit.tries();
    assertFalse(circuit.allows(), "one tries");
    circuit.worked();
    assertTrue(circuit.allows());
  }

  @Test
  void after_its_pause_a_node_is_tried_again_and_each_pause_is_twice_as_long() {
    fail(Circuit.MAX_FAILURES);
    Duration pause = Circuit.FIRST_PAUSE;
    for (int trial = 0; trial < 9; trial++) {
      pass(pause.minusNanos(1));
      assertFalse(circuit.allows(), "before " + pause);
      pass(Duration.ofNanos(1));
      assertTrue(circuit.isOpen() && circuit.allows());
      circuit.tries();
      circuit.failed();
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(Circuit.MAX_PAUSE) < 0 ? twice : Circuit.MAX_PAUSE;
    }
    assertEquals(Circuit.MAX_PAUSE, pause);
    circuit.reset();
    assertTrue(circuit.allows());
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      circuit.failed();
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
