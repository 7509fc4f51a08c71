package dev.limpet.node.invoke;

import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.trace.Span;
import dev.limpet.protocol.trace.SpanExporter;
import dev.limpet.protocol.trace.TraceClock;
import dev.limpet.protocol.trace.TraceContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of a trace that one invocation is, as far as somebody gave it one. */
final class CallTrace {
  /** That of the call in whose thread this is asked: fetches for it tell their peers. */
  static final ScopedValue<TraceContext> CURRENT = ScopedValue.newInstance();

  private final @Nullable SpanExporter exporter;
  private final TraceContext given;
  private final TraceContext own;

  /**
   * Begins.
   *
   * @param exporter takes the spans, or null: then the trace only goes on
   * @param given what the gateway sent
   */
  CallTrace(@Nullable SpanExporter exporter, TraceContext given) {
    this.exporter = exporter;
    this.given = given;
    this.own = exporter == null ? given : given.next();
  }

  /** The invocation's place in the trace. */
  TraceContext context() {
    return own;
  }

  /** It has ended. */
  void ended(Invocation invocation, CallTimes times, boolean failed) {
    SpanExporter to = exporter;
    if (to == null || !own.sampled()) {
      return;
    }
    Map<String, Object> named =
        Map.of(
            "limpet.execution",
            invocation.execution().text(),
            "limpet.function",
            invocation.function().toString());
    TraceClock clock = new TraceClock();
    Span.Time all = clock.time(times.start(), System.nanoTime());
    to.export(new Span(own, given.span(), "invocation", Span.Kind.SERVER, all, failed, named));
    for (CallTimes.Part part : times.parts()) {
      Span.Time time = clock.time(part.beganNanos(), part.endedNanos());
      to.export(
          new Span(own.next(), own.span(), part.name(), Span.Kind.INTERNAL, time, false, Map.of()));
    }
  }
}
