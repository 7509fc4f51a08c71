package dev.limpet.node.http;

import dev.limpet.protocol.Headers;
import dev.limpet.protocol.accesslog.AccessLine;
import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.trace.TraceContext;
import java.time.Instant;

/** Has each request logged when its answer has ended. */
final class Access {
  private final AccessLog log;
  private final Guard guard;

  Access(AccessLog log, Guard guard) {
    this.log = log;
    this.guard = guard;
  }

  /**
   * Logs a request that is over.
   *
   * @param whole whether its answer was not cut
   */
  void ended(Exchange exchange, Instant time, long nanos, boolean whole) {
    TraceContext trace = TraceContext.of(exchange::lines);
    AccessLine line =
        new AccessLine(time)
            .text("remote", exchange.remote())
            .text("who", guard.who(exchange.rawPath(), exchange::lines))
            .text("protocol", "HTTP/1.1")
            .text("method", exchange.method())
            .path(exchange.rawPath());
    if (exchange.hasBegun()) {
      line.number("status", exchange.status());
    }
    log.write(
        line.text("end", whole ? "whole" : "cut")
            .number("bytesIn", exchange.received())
            .number("bytesOut", exchange.sent())
            .millis("ms", nanos)
            .text("error", exchange.answered(Headers.ERROR))
            .text("function", exchange.function())
            .text("execution", exchange.answered(Headers.EXECUTION))
            .text("trace", trace == null ? null : trace.trace()));
  }
}
