package dev.limpet.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Problem;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Answers to calls that are too many. */
class KnownRefusalTest {
  private static Problem problem(int seconds) {
    return Problem.of(ErrorCode.OVERLOADED, "too many").withRetryAfter(Duration.ofSeconds(seconds));
  }

  @Test
  void the_same_refusal_is_made_once_and_another_one_is_not_taken_for_it() {
    KnownRefusal first = KnownRefusal.of(problem(3));
    assertSame(first, KnownRefusal.of(problem(3)));
    KnownRefusal other = KnownRefusal.of(problem(4));
    assertEquals("3", first.head().get("Retry-After"));
    assertEquals("4", other.head().get("Retry-After"));
    assertEquals(Buffer.buffer(problem(4).toJson()), other.body());
  }

  @Test
  void its_head_has_all_that_a_problem_says_and_cannot_be_changed() {
    KnownRefusal refusal = KnownRefusal.of(problem(1));
    assertEquals("application/problem+json", refusal.head().get("Content-Type"));
    assertEquals("overloaded", refusal.head().get("Limpet-Error"));
    assertEquals("no-store", refusal.head().get("Cache-Control"));
    assertEquals(Integer.toString(refusal.body().length()), refusal.head().get("Content-Length"));
    assertThrows(RuntimeException.class, () -> refusal.head().set("Retry-After", "9"));
  }

  @Test
  void other_problems_are_put_together_each_time() {
    assertFalse(KnownRefusal.isFor(Problem.of(ErrorCode.NOT_FOUND, "none")));
  }
}
