package dev.limpet.protocol.trace;

import dev.limpet.protocol.access.PlainHttp;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends spans to a collector of OpenTelemetry, on a thread of its own. Whoever has a span never
 * waits: when too many are on their way, or the collector does not take them, they are dropped and
 * counted. Nothing is sent twice.
 */
public final class SpanExporter implements AutoCloseable {
  /** Spans on their way: a megabyte or two, a second of a busy gateway. */
  static final int MAX_QUEUED_SPANS = 4096;

  /** Spans of one request, as the collectors' own exporters send them. */
  static final int MAX_BATCH_SPANS = 512;

  /** A collector that has not answered by then gets the next spans. */
  static final Duration MAX_EXPORT_TIME = Duration.ofSeconds(5);

  /** How long a span may wait for others. */
  private static final Duration GATHER = Duration.ofMillis(500);

  /** Where to. */
  public static final ConfigKey<URI> ENDPOINT =
      ConfigKey.url("otlp-endpoint")
          .says(
              "A collector of OpenTelemetry that gets the spans of calls, by OTLP in JSON at"
                  + " `/v1/traces` there, such as http://127.0.0.1:4318.");

  /** Of which calls. */
  public static final ConfigKey<Integer> PERCENT =
      ConfigKey.integer("otlp-percent", 0, 100)
          .orElse("100")
          .says(
              "Of a hundred calls that come without a trace, how many begin one; a call with a"
                  + " `traceparent` is recorded when that says so.");

  private static final System.Logger LOG = System.getLogger(SpanExporter.class.getName());
  private static final int PERCENT_ALL = 100;
  private static final int FIRST_FAILURE = 300;

  private final URI traces;
  private final String service;
  private final int percent;
  private final HttpClient client;
  private final BlockingQueue<Span> queue = new LinkedBlockingQueue<>(MAX_QUEUED_SPANS);
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final Thread sender;
  private volatile boolean closed;
  private boolean failing;

  private SpanExporter(URI endpoint, String service, int percent) {
    this.traces = URI.create(endpoint + "/v1/traces");
    this.service = service;
    this.percent = percent;
    this.client = PlainHttp.clientOf(endpoint).connectTimeout(MAX_EXPORT_TIME).build();
    this.sender = Thread.ofPlatform().name("limpet-spans").daemon().start(this::run);
  }

  /**
   * An exporter when one is configured, else null.
   *
   * @param service the process, such as {@code limpet-gateway}
   * @param percent of a hundred traces that begin here, how many are recorded
   */
  public static @Nullable SpanExporter of(Config config, String service, int percent) {
    return config
        .find(ENDPOINT)
        .map(endpoint -> new SpanExporter(endpoint, service, percent))
        .orElse(null);
  }

  /** One that sends to this collector. */
  static SpanExporter to(URI endpoint) {
    return new SpanExporter(endpoint, "test", PERCENT_ALL);
  }

  /** Whether a trace that begins here is recorded. */
  public boolean samples() {
    return percent == PERCENT_ALL || ThreadLocalRandom.current().nextInt(PERCENT_ALL) < percent;
  }

  /** Takes a span when its trace is recorded. Never waits. */
  public void export(Span span) {
    if (span.context().sampled() && !queue.offer(span)) {
      dropped.incrementAndGet();
    }
  }

  /** Spans that were dropped. */
  public long dropped() {
    return dropped.get();
  }

  /** Spans that the collector took. */
  public long sent() {
    return sent.get();
  }

  private void run() {
    List<Span> batch = new ArrayList<>();
    try {
      while (!closed || !queue.isEmpty()) {
        Span first = queue.poll(GATHER.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, MAX_BATCH_SPANS - 1);
          send(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(List<Span> batch) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(traces)
            .timeout(MAX_EXPORT_TIME)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(OtlpJson.of(service, batch)))
            .build();
    try {
      HttpResponse<Void> answer = client.send(request, BodyHandlers.discarding());
      if (answer.statusCode() < FIRST_FAILURE) {
        sent.addAndGet(batch.size());
        failing = false;
        return;
      }
      lost(batch, "it answered " + answer.statusCode());
    } catch (IOException e) {
      lost(batch, e.toString());
    }
  }

  private void lost(List<Span> batch, String why) {
    dropped.addAndGet(batch.size());
    if (!failing) {
      LOG.log(Level.WARNING, "spans are dropped: {0} does not take them: {1}", traces, why);
    }
    failing = true;
  }

  /** Sends what is left, if the collector takes it soon. */
  @Override
  public void close() {
    closed = true;
    try {
      if (!sender.join(MAX_EXPORT_TIME)) {
        sender.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.shutdownNow();
  }
}
