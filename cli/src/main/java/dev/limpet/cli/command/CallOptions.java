package dev.limpet.cli.command;

import dev.limpet.cli.terminal.Terminal;
import picocli.CommandLine.Option;

/** What may be said of any call: its bounds, and whether to show what it did. */
final class CallOptions extends CallBounds {
  @Option(
      names = {"-i", "--show-headers"},
      description = "Show what the call did on standard error: where it ran, what travelled.")
  private boolean showHeaders;

  /** Where the answer goes. */
  PrintedAnswer printed(Terminal terminal) {
    return new PrintedAnswer(terminal, showHeaders);
  }
}
