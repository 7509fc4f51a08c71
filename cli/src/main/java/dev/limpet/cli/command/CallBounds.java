package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** What a call may use at most. */
class CallBounds {
  @Option(
      names = "--max-fetch",
      paramLabel = "BYTES",
      description = "How much data may travel for it, e.g. 64MiB.")
  private String maxFetch = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Lower the call's wall time, e.g. 2s.")
  private String timeout = "";

  /**
   * Adds the headers that say it.
   *
   * @throws CliException (wrong usage) when {@code --max-fetch} is no size
   */
  void addTo(Map<String, String> headers) {
    if (!maxFetch.isEmpty()) {
      headers.put("Limpet-Max-Fetch", Long.toString(bytes(maxFetch)));
    }
    if (!timeout.isEmpty()) {
      headers.put("Limpet-Timeout", timeout);
    }
  }

  /** Whether the call has a time of its own. */
  boolean isTimed() {
    return !timeout.isEmpty();
  }

  /**
   * The time of a call here.
   *
   * @throws CliException (wrong usage) when {@code --timeout} is no time
   */
  Duration wall(Duration longest) {
    try {
      Duration typed = timeout.isEmpty() ? longest : Durations.parse(timeout);
      if (typed.isZero()) {
        throw CliException.usage("--timeout must be more than nothing");
      }
      return typed;
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--timeout: " + e.getMessage());
    }
  }

  /** How much may travel, where that was said. */
  OptionalLong mostFetched() {
    return maxFetch.isEmpty() ? OptionalLong.empty() : OptionalLong.of(bytes(maxFetch));
  }

  private static long bytes(String typed) {
    try {
      return ByteSizes.parse(typed);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--max-fetch takes bytes such as 64MiB: " + e.getMessage());
    }
  }
}
