package dev.limpet.gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.LimpetException;
import org.junit.jupiter.api.Test;

/** Parts of callers, second tries, and nodes that are left alone. */
class BudgetsTest {
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
  void a_node_that_fails_in_a_row_is_left_alone_and_longer_each_time() {
    Circuit circuit = new Circuit();
    long now = System.nanoTime();
    long hour = 3_600_000_000_000L;
    for (int i = 1; i < Circuit.MAX_FAILURES; i++) {
      circuit.failed(now + hour);
      assertTrue(circuit.allows());
    }
    circuit.worked();
    for (int i = 1; i < Circuit.MAX_FAILURES; i++) {
      circuit.failed(now + hour);
    }
    assertFalse(circuit.isOpen(), "they were not in a row");
    circuit.failed(now + hour);
    assertTrue(circuit.isOpen());
    assertFalse(circuit.allows());
    circuit.worked();
    assertTrue(circuit.allows());
    assertFalse(circuit.isOpen());
  }

  @Test
  void one_call_tries_a_node_that_failed_and_others_wait_for_what_comes_of_it() {
    Circuit circuit = new Circuit();
    long now = System.nanoTime();
    long hour = 3_600_000_000_000L;
    circuit.tries(now + hour);
    assertTrue(circuit.allows(), "nothing failed");
    for (int i = 0; i < Circuit.MAX_FAILURES; i++) {
      circuit.failed(now - hour);
    }
    assertTrue(circuit.allows());
    circuit.tries(now + hour);
    assertFalse(circuit.allows(), "one tries");
    circuit.worked();
    assertTrue(circuit.allows());
  }

  @Test
  void after_its_pause_a_node_is_tried_again() {
    Circuit circuit = new Circuit();
    long past = System.nanoTime() - 2 * Circuit.FIRST_PAUSE.toNanos();
    for (int i = 0; i < Circuit.MAX_FAILURES; i++) {
      circuit.failed(past);
    }
    assertTrue(circuit.isOpen() && circuit.allows());
    circuit.failed();
    assertFalse(circuit.allows());
    circuit.reset();
    assertTrue(circuit.allows());
  }
}
