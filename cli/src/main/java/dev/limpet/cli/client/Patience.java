package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Asks again when a server says that it is busy and when to come back ({@code Retry-After}). */
public final class Patience {
  /** How often the same is asked before the refusal is told. */
  static final int MAX_ASKS = 10;

  /** The longest wait between two of these, whatever the server says. */
  static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  private Patience() {}

  /**
   * What {@code question} answers.
   *
   * @param question throws a {@link CliException} with {@link CliException#again} while it is busy
   * @throws CliException the refusal, when it names no time or there were {@link #MAX_ASKS}; {@code
   *     interrupted} when this thread is
   */
  public static <T> T ask(Supplier<T> question) {
    return ask(question, _ -> true);
  }

  /**
   * The same for some refusals alone.
   *
   * @param isPassing whether it is worth to ask again after this one, which names a time
   */
  public static <T> T ask(Supplier<T> question, Predicate<CliException> isPassing) {
    for (int asks = 1; ; asks++) {
      try {
        return question.get();
      } catch (CliException e) {
        Duration again = e.again();
        if (again == null || asks == MAX_ASKS || !isPassing.test(e)) {
          throw e;
        }
        LockSupport.parkNanos((again.compareTo(MAX_PAUSE) < 0 ? again : MAX_PAUSE).toNanos());
        if (Thread.currentThread().isInterrupted()) {
          throw StreamClient.interrupted();
        }
      }
    }
  }
}
