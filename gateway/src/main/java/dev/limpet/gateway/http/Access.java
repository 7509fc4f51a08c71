package dev.limpet.gateway.http;

import dev.limpet.protocol.Headers;
import dev.limpet.protocol.accesslog.AccessLine;
import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.trace.TraceContext;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Has each request logged when its answer has ended. */
final class Access {
  private final AccessLog log;
  private final Door door;

  Access(AccessLog log, Door door) {
    this.log = log;
    this.door = door;
  }

  void begins(Exchange exchange) {
    Instant time = Instant.now();
    long beganNanos = System.nanoTime();
    exchange.whenAnswered(() -> log.write(line(exchange, time, System.nanoTime() - beganNanos)));
  }

  private AccessLine line(Exchange exchange, Instant time, long nanos) {
    HttpServerRequest request = exchange.request();
    HttpServerResponse response = request.response();
    AccessLine line =
        new AccessLine(time)
            .text("remote", request.remoteAddress().hostAddress())
            .text("who", door.who(exchange.headers(), request.uri()))
            .text("protocol", protocol(request.version()))
            .text("method", exchange.method().name())
            .path(request.uri());
    if (response.headWritten()) {
      line.number("status", response.getStatusCode());
    }
    MultiMap answer = response.headers();
    TraceContext trace = exchange.trace();
    return line.text("end", response.ended() ? "whole" : "cut")
        .number("bytesIn", exchange.body().received())
        .number("bytesOut", response.bytesWritten())
        .millis("ms", nanos)
        .text("error", answer.get(Headers.ERROR))
        .text("node", answer.get(Headers.NODE))
        .text("function", answer.get(Headers.FUNCTION))
        .text("execution", answer.get(Headers.EXECUTION))
        .text("receipt", receipt(response))
        .text("trace", trace == null ? null : trace.trace());
  }

  /** A streamed answer names it at its end. */
  private static @Nullable String receipt(HttpServerResponse response) {
    String early = response.headers().get(Headers.RECEIPT);
    return early == null ? response.trailers().get(Headers.RECEIPT) : early;
  }

  private static String protocol(HttpVersion version) {
    return switch (version) {
      case HTTP_1_0 -> "HTTP/1.0";
      case HTTP_1_1 -> "HTTP/1.1";
      case HTTP_2 -> "HTTP/2";
      case HTTP_3 -> "HTTP/3";
    };
  }
}
