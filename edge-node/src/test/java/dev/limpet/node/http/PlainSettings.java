package dev.limpet.node.http;

import java.time.Duration;

/** Settings of a server for a test: plain http at a free port of loopback, ten at once. */
final class PlainSettings {
  private static final int AT_ONCE = 10;

  private PlainSettings() {}

  /** As {@link NodeServer.Settings} has them; connections wait five minutes. */
  static NodeServer.Settings of(Duration maxRead, Duration maxWrite) {
    return of(Duration.ofMinutes(5), maxRead, maxWrite);
  }

  /** As {@link NodeServer.Settings} has them. */
  static NodeServer.Settings of(Duration idle, Duration maxRead, Duration maxWrite) {
    Duration grace = Duration.ofSeconds(1);
    return new NodeServer.Settings(
        "127.0.0.1", 0, AT_ONCE, AT_ONCE, idle, maxRead, maxWrite, grace, null);
  }
}
