package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.Patience;
import dev.limpet.cli.terminal.Terminal;
import java.util.function.Supplier;

/**
 * Calls a function that a node may have to compile first, which it does once and which goes on when
 * the time of a call is over. Nothing of the function has run then, so the same call is made again;
 * a person reads why it takes so long.
 */
final class ReadyFunction {
  private final Terminal terminal;
  private final boolean repeats;
  private boolean told;

  /**
   * For one call.
   *
   * @param repeats whether it may be made again: its body is not gone, and nobody wants the answer
   *     within a time
   */
  ReadyFunction(Terminal terminal, boolean repeats) {
    this.terminal = terminal;
    this.repeats = repeats;
  }

  /**
   * What the call answers.
   *
   * @throws CliException the refusal, when it may not be made again or was often enough
   */
  <T> T ask(Supplier<T> call) {
    return Patience.ask(call, this::isRepeated);
  }

  private boolean isRepeated(CliException refusal) {
    if (!repeats || !refusal.isNotReadyYet()) {
      return false;
    }
    if (!told) {
      terminal.note("limpet: " + refusal.detail() + "; calling again until it is ready");
      told = true;
    }
    return true;
  }
}
