package dev.limpet.protocol.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trace of a caller on its way. */
class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String GIVEN = "00-" + TRACE + "-00f067aa0ba902b7-01";

  private static TraceContext read(String parent, String... states) {
    return Objects.requireNonNull(TraceContext.read(List.of(parent), List.of(states)));
  }

  @Test
  void a_trace_goes_on_with_a_span_of_its_own() {
    TraceContext given = read(GIVEN, "vendor=1");
    assertEquals(GIVEN, given.parent());
    TraceContext next = given.next();
    assertEquals(TRACE, next.trace());
    assertNotEquals(given.span(), next.span());
    assertTrue(next.sampled());
    assertEquals("vendor=1", next.state());
    assertTrue(TraceContext.isValid(next.parent()), next.parent());
    assertFalse(read(GIVEN.replace("-01", "-00")).next().sampled());
    String all = read(GIVEN.replace("-01", "-ff")).parent();
    assertEquals("-01", all.substring(52), "only what is known");
  }

  @Test
  void a_later_version_is_read_as_far_as_it_is_known() {
    TraceContext later = read("cc-" + TRACE + "-00f067aa0ba902b7-01-what-the-future-will-be-like");
    assertEquals(GIVEN, later.parent());
  }

  @Test
  void a_trace_that_begins_here_is_valid() {
    assertTrue(TraceContext.isValid(TraceContext.begin(true).parent()));
    assertFalse(TraceContext.begin(false).sampled());
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
  void what_is_malformed_is_no_trace(String given) {
    assertNull(TraceContext.read(List.of(given), List.of("a=b")));
  }

  @Test
  void none_and_two_of_them_are_none() {
    assertNull(TraceContext.read(List.of(), List.of()));
    assertNull(TraceContext.read(List.of(GIVEN, GIVEN), List.of()));
  }

  @Test
  void the_state_of_others_goes_on_as_far_as_it_must_and_no_further() {
    assertEquals("a=1,b=2", read(GIVEN, "a=1", "b=2").state());
    String most = "k=" + "v".repeat(TraceContext.MAX_STATE_CHARS - 2);
    assertEquals(most, read(GIVEN, most).state());
    assertEquals("", read(GIVEN, most + "v").state());
    List<String> members = Collections.nCopies(TraceContext.MAX_STATE_MEMBERS, "a=1");
    assertEquals(String.join(",", members), read(GIVEN, String.join(",", members)).state());
    assertEquals("", read(GIVEN, String.join(",", members), "b=2").state());
    for (String bad : List.of("", "nothing", "a=\u0001", "a=\u00fc", "=1")) {
      assertEquals("", read(GIVEN, bad).state());
    }
  }
}
