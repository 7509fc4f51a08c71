package dev.limpet.protocol.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrolmentTest {
  private static final Instant FROM = Instant.parse("2026-11-26T20:00:00Z");
  private static final PeerId OPERATOR = NodeIdentity.generate().peerId();
  private static final PeerId NODE = NodeIdentity.generate().peerId();

  private static Enrolment of(String region) {
    return new Enrolment(OPERATOR, NODE, "pi-1", region, FROM, FROM.plusSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "eu-west", "\u00d6rebro \ud83c\uddf8\ud83c\uddea"})
  void what_is_signed_is_read_again(String region) {
    Enrolment said = of(region);
    assertEquals(said, Enrolment.parse(said.text()));
    Enrolment longest = of("x".repeat(Enrolment.MAX_REGION_CHARS));
    assertEquals(longest, Enrolment.parse(longest.text()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "eu\nfrom 2000-01-01T00:00:00Z", "eu\r", "\u007f", "a\tb"})
  void a_region_that_could_be_read_as_something_else_is_not_signed(String region) {
    assertFalse(Enrolment.isRegion(region));
    assertThrows(IllegalArgumentException.class, () -> of(region));
  }

  @Test
  void a_region_that_nobody_would_read_is_not_signed() {
    String tooLong = "x".repeat(Enrolment.MAX_REGION_CHARS + 1);
    assertThrows(IllegalArgumentException.class, () -> of(tooLong));
  }
}
