package dev.limpet.cli.demo;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.terminal.Terminal;
import java.util.Locale;

/**
 * How the demo speaks: numbered steps, what each shows and why it matters, facts indented below.
 */
final class Story {
  private final Terminal terminal;
  private final long started = System.nanoTime();
  private int steps;

  Story(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A step begins. */
  void step(String what, String why) {
    steps++;
    double seconds = (System.nanoTime() - started) / 1e9;
    terminal.line("");
    terminal.line(String.format(Locale.ROOT, "%d. %s  [%.1f s]", steps, what, seconds));
    terminal.line("   " + why);
  }

  /** A fact of the current step. */
  void fact(String what, Object value) {
    terminal.line(String.format(Locale.ROOT, "     %-22s %s", what, value));
  }

  /** A line of an answer. */
  void quote(String line) {
    terminal.line("     | " + line);
  }

  /** The end. */
  void end(String line) {
    double seconds = (System.nanoTime() - started) / 1e9;
    terminal.line("");
    terminal.line(String.format(Locale.ROOT, "%s (%.1f s)", line, seconds));
  }

  /**
   * What a step claims must hold, or the demo is over with exit code 1.
   *
   * @param claim the sentence that turned out false
   */
  void require(boolean holds, String claim) {
    if (!holds) {
      throw new CliException(
          ExitCode.FUNCTION_FAILED, "demo-failed", "step " + steps + " did not hold: " + claim);
    }
  }
}
