package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trace of a caller on its way to a node. */
class TraceParentTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String GIVEN = "00-" + TRACE + "-00f067aa0ba902b7-01";

  private static String next(String... lines) {
    return Objects.requireNonNull(TraceParent.next(List.of(lines)));
  }

  @Test
  void a_trace_goes_on_with_a_parent_of_the_gateways_own() {
    String next = next(GIVEN);
    assertTrue(TraceParent.isValid(next), next);
    assertEquals("00-" + TRACE + "-", next.substring(0, 36));
    assertNotEquals("00f067aa0ba902b7", next.substring(36, 52));
    assertEquals("-01", next.substring(52));
    assertEquals("-00", next(GIVEN.replace("-01", "-00")).substring(52));
    assertEquals("-01", next(GIVEN.replace("-01", "-ff")).substring(52), "only what is known");
  }

  @Test
  void a_later_version_is_read_as_far_as_it_is_known() {
    String next = next("cc-" + TRACE + "-00f067aa0ba902b7-01-what-the-future-will-be-like");
    assertEquals("00-" + TRACE + "-", next.substring(0, 36));
    assertTrue(TraceParent.isValid(next), next);
  }

  @Test
  void who_sends_none_gets_none() {
    assertNull(TraceParent.next(List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "nonsense",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      })
  void what_is_malformed_is_replaced(String given) {
    assertFalse(TraceParent.isValid(given));
    String next = next(given);
    assertTrue(TraceParent.isValid(next), next);
    assertFalse(next.contains(TRACE));
    assertEquals("-00", next.substring(52));
  }

  @Test
  void two_of_them_are_none() {
    assertFalse(next(GIVEN, GIVEN).contains(TRACE));
  }
}
