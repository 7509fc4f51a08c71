package dev.limpet.protocol.trace;

import dev.limpet.protocol.AsciiJson;
import java.util.List;
import java.util.Map;

/**
 * Spans as an {@code ExportTraceServiceRequest} in JSON (OTLP 1.x, "JSON Protobuf Encoding": ids as
 * hexadecimal text, 64-bit numbers as text).
 */
final class OtlpJson {
  /** Longest text of an attribute; a path may have 8 KiB. */
  static final int MAX_ATTRIBUTE_CHARS = 256;

  private static final int FAILED = 2;

  private OtlpJson() {}

  static String of(String service, List<Span> spans) {
    StringBuilder out = new StringBuilder(512 * spans.size() + 256);
    out.append("{\"resourceSpans\":[{\"resource\":{\"attributes\":[");
    attribute(out, "service.name", service);
    out.append("]},\"scopeSpans\":[{\"scope\":{\"name\":\"limpet\"},\"spans\":[");
    for (int i = 0; i < spans.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      span(out, spans.get(i));
    }
    return out.append("]}]}]}").toString();
  }

  private static void span(StringBuilder out, Span span) {
    TraceContext context = span.context();
    out.append("{\"traceId\":\"").append(context.trace());
    out.append("\",\"spanId\":\"").append(context.span());
    if (!span.parent().isEmpty()) {
      out.append("\",\"parentSpanId\":\"").append(span.parent());
    }
    out.append("\",\"traceState\":");
    text(out, context.state());
    out.append(",\"flags\":1,\"name\":");
    text(out, span.name());
    out.append(",\"kind\":").append(span.kind().number());
    out.append(",\"startTimeUnixNano\":\"").append(span.time().beginNanos());
    out.append("\",\"endTimeUnixNano\":\"").append(span.time().endNanos());
    out.append("\",\"attributes\":[");
    boolean first = true;
    for (Map.Entry<String, Object> each : span.attributes().entrySet()) {
      if (!first) {
        out.append(',');
      }
      attribute(out, each.getKey(), each.getValue());
      first = false;
    }
    out.append("],\"status\":{").append(span.failed() ? "\"code\":" + FAILED : "").append("}}");
  }

  private static void attribute(StringBuilder out, String key, Object value) {
    out.append("{\"key\":\"").append(key).append("\",\"value\":{");
    if (value instanceof Number) {
      out.append("\"intValue\":\"").append(value).append('"');
    } else {
      String text = value.toString();
      out.append("\"stringValue\":");
      text(out, text, Math.min(text.length(), MAX_ATTRIBUTE_CHARS));
    }
    out.append("}}");
  }

  private static void text(StringBuilder out, String text) {
    text(out, text, text.length());
  }

  private static void text(StringBuilder out, String text, int chars) {
    out.append('"');
    AsciiJson.append(out, text, chars);
    out.append('"');
  }
}
