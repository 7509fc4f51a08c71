package dev.limpet.cli.command;

import dev.limpet.cli.terminal.Terminal;
import dev.limpet.protocol.Headers;
import java.util.Map;
import picocli.CommandLine.Option;

/** What may be said of any call: its bounds, and whether to show what it did. */
final class CallOptions extends CallBounds {
  @Option(
      names = {"-i", "--show-headers"},
      description = "Show what the call did on standard error: where it ran, what travelled.")
  private boolean showHeaders;

  @Option(
      names = "--memory-hash",
      description =
          "Run it in any case, and have its receipt say the hash of the function's memory at its"
              + " end.")
  private boolean memoryHash;

  @Override
  void addTo(Map<String, String> headers) {
    super.addTo(headers);
    if (memoryHash) {
      headers.put("Cache-Control", "no-cache");
      headers.put(Headers.MEMORY_HASH, "?1");
    }
  }

  /** Where the answer goes. */
  PrintedAnswer printed(Terminal terminal) {
    return new PrintedAnswer(terminal, showHeaders);
  }
}
