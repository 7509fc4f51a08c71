package dev.limpet.gateway.http;

import dev.limpet.protocol.Headers;
import dev.limpet.protocol.trace.Span;
import dev.limpet.protocol.trace.SpanExporter;
import dev.limpet.protocol.trace.TraceClock;
import dev.limpet.protocol.trace.TraceContext;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one call at the gateway: all of it, the choice of a node, and each node's part. Used
 * on the event loop of the call. Of a trace that is not recorded only the places are made that go
 * on to nodes.
 */
public final class CallTrace {
  private final SpanExporter exporter;
  private final TraceClock clock = new TraceClock();
  private final long beganNanos = System.nanoTime();
  private final TraceContext own;
  private final String parent;
  private boolean placed;
  private final Map<String, Asked> asked = new HashMap<>(2);

  /**
   * Begins.
   *
   * @param given what the caller sent, or null
   */
  CallTrace(SpanExporter exporter, @Nullable TraceContext given) {
    this.exporter = exporter;
    this.own = given == null ? TraceContext.begin(exporter.samples()) : given.next();
    this.parent = given == null ? "" : given.span();
  }

  /** The call's place in its trace. */
  TraceContext context() {
    return own;
  }

  /** A node was chosen; what is answered goes on to it. */
  public TraceContext asks(String chosen) {
    TraceContext next = own.next();
    if (!own.sampled()) {
      return next;
    }
    long now = System.nanoTime();
    if (!placed) {
      placed = true;
      record(
          own.next(),
          own.span(),
          new Part("placement", Span.Kind.INTERNAL, beganNanos, false, Map.of()));
    }
    asked.put(chosen, new Asked(next, now));
    return next;
  }

  /** A node that was asked has answered to the end, or failed, or is not waited for. */
  public void answered(String node, boolean failed) {
    Asked one = asked.remove(node);
    if (one != null) {
      Map<String, Object> named = Map.of("limpet.node", node);
      record(
          one.context,
          own.span(),
          new Part("node", Span.Kind.CLIENT, one.beganNanos, failed, named));
    }
  }

  /** The answer has ended, or its caller has gone. */
  void ended(Exchange exchange) {
    if (!own.sampled()) {
      return;
    }
    HttpServerResponse response = exchange.request().response();
    MultiMap answer = response.headers();
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("http.request.method", exchange.method().name());
    if (response.headWritten()) {
      attributes.put("http.response.status_code", response.getStatusCode());
    }
    put(attributes, "limpet.function", answer.get(Headers.FUNCTION));
    put(attributes, "limpet.execution", answer.get(Headers.EXECUTION));
    put(attributes, "error.type", answer.get(Headers.ERROR));
    boolean failed = !response.ended() || response.getStatusCode() >= 500;
    record(own, parent, new Part("call", Span.Kind.SERVER, beganNanos, failed, attributes));
  }

  /** A node that has not answered yet; of a hedged call there are two. */
  private record Asked(TraceContext context, long beganNanos) {}

  private record Part(
      String name,
      Span.Kind kind,
      long beganNanos,
      boolean failed,
      Map<String, Object> attributes) {}

  private void record(TraceContext context, String cause, Part part) {
    Span.Time time = clock.time(part.beganNanos, System.nanoTime());
    exporter.export(
        new Span(context, cause, part.name, part.kind, time, part.failed, part.attributes));
  }

  private static void put(Map<String, Object> attributes, String name, @Nullable String value) {
    if (value != null) {
      attributes.put(name, value);
    }
  }
}
