package dev.limpet.testkit.patience;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets each condition of a test be waited for three times as long as Awaitility does by itself. On
 * a machine that does something else beside, ten seconds pass while a node compiles its first
 * function; a test whose condition holds waits no longer than before.
 *
 * <p>JUnit finds it by itself in each module that has this one for its tests.
 */
public final class Patience implements BeforeAllCallback {
  /** Less than what any test class is given. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  /**
   * Waits for another thread of a test as long as for its conditions.
   *
   * @throws AssertionError when that was in vain, or the test ends
   */
  public static void await(CountDownLatch latch) {
    try {
      if (!latch.await(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("it did not happen within " + LONGEST.toSeconds() + " seconds");
      }
    } catch (InterruptedException e) {
      throw new AssertionError("the test ended before it happened", e);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(LONGEST);
  }
}
