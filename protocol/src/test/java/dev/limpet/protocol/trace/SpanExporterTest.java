package dev.limpet.protocol.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a collector that takes spans, refuses them, or hangs. */
@Timeout(60)
class SpanExporterTest {
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final Semaphore answered = new Semaphore(0);
  private final CountDownLatch gate = new CountDownLatch(1);
  private HttpServer collector;
  private volatile int status = 200;
  private volatile boolean hangs;

  @BeforeEach
  void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    collector.createContext(
        "/v1/traces",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (hangs) {
            try {
              gate.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          taken.add(exchange.getRequestHeaders().getFirst("Content-Type") + " " + body);
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
          answered.release();
        });
    collector.start();
  }

  @AfterEach
  void stop() {
    gate.countDown();
    collector.stop(0);
  }

  private SpanExporter exporter() {
    return SpanExporter.to(URI.create("http://127.0.0.1:" + collector.getAddress().getPort()));
  }

  private static Span span(boolean sampled) {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    TraceContext context = new TraceContext(trace, "00f067aa0ba902b7", sampled, "v=1");
    Map<String, Object> attributes = Map.of("text", "\"\\\n\u00fc");
    Span.Time time = new Span.Time(5, 7);
    return new Span(context, "b7ad6b7169203331", "call", Span.Kind.SERVER, time, true, attributes);
  }

  @Test
  void a_span_arrives_in_the_form_of_otlp() {
    try (SpanExporter exporter = exporter()) {
      exporter.export(span(true));
    }
    assertEquals(
        List.of(
            "application/json {\"resourceSpans\":[{\"resource\":{\"attributes\":["
                + "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"test\"}}]},"
                + "\"scopeSpans\":[{\"scope\":{\"name\":\"limpet\"},\"spans\":["
                + "{\"traceId\":\"4bf92f3577b34da6a3ce929d0e0e4736\","
                + "\"spanId\":\"00f067aa0ba902b7\",\"parentSpanId\":\"b7ad6b7169203331\","
                + "\"traceState\":\"v=1\",\"flags\":1,\"name\":\"call\",\"kind\":2,"
                + "\"startTimeUnixNano\":\"5\",\"endTimeUnixNano\":\"7\",\"attributes\":["
                + "{\"key\":\"text\",\"value\":{\"stringValue\":\"\\\"\\\\\\u000a\\u00fc\"}}],"
                + "\"status\":{\"code\":2}}]}]}]}"),
        taken);
  }

  @Test
  void what_is_not_sampled_is_not_sent_and_what_is_left_leaves_at_the_end() {
    SpanExporter exporter = exporter();
    exporter.export(span(false));
    exporter.export(span(true));
    exporter.close();
    assertEquals(1, exporter.sent());
    assertEquals(1, taken.size());
    assertEquals(2, taken.getFirst().split("spanId", -1).length);
  }

  @Test
  void a_collector_that_hangs_costs_spans_and_no_time_of_who_has_them() {
    hangs = true;
    try (SpanExporter exporter = exporter()) {
      int all = 2 * SpanExporter.MAX_QUEUED_SPANS;
      for (int i = 0; i < all; i++) {
        exporter.export(span(true));
      }
      long kept = SpanExporter.MAX_QUEUED_SPANS + SpanExporter.MAX_BATCH_SPANS;
      assertTrue(exporter.dropped() >= all - kept, "dropped " + exporter.dropped());
      assertFalse(exporter.dropped() == all);
      gate.countDown();
    }
  }

  @Test
  void spans_that_a_collector_refuses_are_dropped_and_the_next_are_sent() throws Exception {
    status = 503;
    SpanExporter exporter = exporter();
    exporter.export(span(true));
    answered.acquire();
    status = 200;
    exporter.export(span(true));
    exporter.close();
    assertEquals(1, exporter.dropped());
    assertEquals(1, exporter.sent());
  }
}
