package dev.limpet.testkit.patience;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
  @Test
  void a_test_that_says_nothing_waits_half_a_minute() {
    // Nothing may be looked at for the first time when the wait is over.
    IllegalArgumentException told =
        assertThrows(
            IllegalArgumentException.class,
            () -> await().pollDelay(Duration.ofDays(1)).until(() -> true));
    assertTrue(String.valueOf(told.getMessage()).contains("30 seconds"), told::getMessage);
  }
}
