package dev.limpet.node;

import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.config.ConfigKey;
import dev.limpet.protocol.trace.SpanExporter;
import java.util.List;

/** Where a node tells what it does, besides what {@code /metrics} counts. */
final class SeenSettings {
  static final List<ConfigKey<?>> KEYS = List.of(AccessLog.TARGET, SpanExporter.ENDPOINT);

  private SeenSettings() {}
}
