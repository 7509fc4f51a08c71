package dev.limpet.cli.command;

import dev.limpet.cli.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells a person what a command is at when a step takes longer than one waits without a word.
 * Scripts read nothing of it.
 *
 * @param terminal where it is told
 * @param after so much time
 */
record SlowStep(Terminal terminal, Duration after) {
  /** Most modules are compiled sooner. */
  private static final Duration WITHOUT_A_WORD = Duration.ofSeconds(2);

  /** With the usual patience. */
  SlowStep(Terminal terminal) {
    this(terminal, WITHOUT_A_WORD);
  }

  /** What takes its time. */
  interface Step {
    /** Does it. */
    void run() throws IOException;
  }

  /**
   * Takes the step.
   *
   * @param doing what it is, in one line
   */
  void run(String doing, Step step) throws IOException {
    CountDownLatch done = new CountDownLatch(1);
    if (terminal.isWatched()) {
      Thread.ofVirtual().name("limpet-slow-step").start(() -> tell(doing, done));
    }
    try {
      step.run();
    } finally {
      done.countDown();
    }
  }

  private void tell(String doing, CountDownLatch done) {
    try {
      if (!done.await(after.toNanos(), TimeUnit.NANOSECONDS)) {
        terminal.note("limpet: " + doing);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Compiling what runs scripts, which is kept. */
  static String compilingRuntime(String runtime) {
    return "this machine compiles the runtime " + runtime + ", once: later commands find it done";
  }
}
