package dev.limpet.node.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void a_wait_is_short_beside_the_time_that_the_gateway_was_away() {
    Backoff backoff = new Backoff(() -> 1.0);
    Duration away = Duration.ZERO;
    int tries = 0;
    while (away.compareTo(Duration.ofMinutes(1)) < 0) {
      Duration wait = backoff.next();
      Duration allowed = away.dividedBy(4).plus(Backoff.FIRST);
      assertTrue(wait.compareTo(allowed) <= 0, () -> "waits " + wait);
      away = away.plus(wait);
      tries++;
    }
    assertTrue(tries < 30, "a gateway that is gone is not hammered: " + tries + " tries a minute");
    assertEquals(Backoff.LONGEST, backoff.next());
  }

  @Test
  void nodes_come_spread_over_half_of_the_wait_and_start_again_after_success() {
    Backoff early = new Backoff(() -> 0.0);
    Backoff late = new Backoff(() -> 1.0);
    assertEquals(Backoff.FIRST.dividedBy(2), early.next());
    assertEquals(Backoff.FIRST, late.next());
    late.reset();
    assertEquals(Backoff.FIRST, late.next());
  }
}
