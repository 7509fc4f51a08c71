package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class WaitingTurnsTest {

  private final WaitingTurns<String, Integer> turns = new WaitingTurns<>();

  private List<Object> all(boolean canBegin, @Nullable Object except) {
    List<Object> order = new ArrayList<>();
    for (WaitingTurns.Next<String, Integer> next = turns.poll(canBegin, except);
        next != null;
        next = turns.poll(canBegin, except)) {
      order.add(next.call() == null ? String.valueOf(next.begun()) : next.call());
    }
    return order;
  }

  @Test
  void functions_take_turns_however_many_calls_they_have() {
    for (String call : List.of("a1", "a2", "a3", "a4", "b1", "c1", "c2")) {
      turns.addCall(call.charAt(0), call);
    }
    assertEquals(List.of("a1", "b1", "c1", "a2", "c2", "a3", "a4"), all(true, null));
    assertEquals(0, turns.size());
  }

  @Test
  void what_has_begun_goes_first_and_needs_no_thread() {
    turns.addCall('a', "a1");
    turns.addBegun('a', 1);
    turns.addCall('b', "b1");
    assertEquals(List.of("1"), all(false, null));
    assertEquals(List.of("b1", "a1"), all(true, null));
  }

  @Test
  void a_function_can_be_passed_over() {
    turns.addCall('a', "a1");
    turns.addCall('b', "b1");
    assertEquals(List.of("b1"), all(true, 'a'));
    assertEquals(1, turns.size());
  }

  @Test
  void who_does_not_want_any_more_is_not_called() {
    turns.addCall('a', "a1");
    turns.addBegun('a', 1);
    assertTrue(turns.removeCall('a', "a1"));
    assertFalse(turns.removeCall('a', "a1"));
    assertTrue(turns.removeBegun('a', 1));
    assertFalse(turns.removeBegun('b', 1));
    assertNull(turns.poll(true, null));
  }
}
