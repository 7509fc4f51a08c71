package dev.limpet.testkit.patience;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
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

  @Test
  void a_thread_that_waits_for_another_goes_on_when_it_happens_and_fails_when_the_test_ends() {
    CountDownLatch latch = new CountDownLatch(1);
    Thread.currentThread().interrupt();
    assertThrows(AssertionError.class, () -> Patience.await(latch));
    latch.countDown();
    Patience.await(latch);
  }
}
