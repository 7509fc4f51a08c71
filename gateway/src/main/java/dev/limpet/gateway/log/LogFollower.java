package dev.limpet.gateway.log;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.LogPage;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The logs of a function on their way to a reader, one JSON object a line, as Executions end on any
 * node, until the reader goes. Each node is asked for what came after the last that it gave, by its
 * own count, so that no clock matters. A node that does not answer is asked again. An empty line
 * now and then finds out whether the reader is still there.
 */
final class LogFollower {
  /** How long a log that is followed may be unseen. */
  private static final Duration POLL = Duration.ofSeconds(1);

  private static final int POLLS_WITHOUT_A_LINE = 15;

  private final Exchange exchange;
  private final NodeLogs logs;
  private final Subject subject;
  private final BooleanSupplier stopping;
  private final Map<String, Long> seen = new HashMap<>();
  private final long since = System.currentTimeMillis();
  private int silent;
  private boolean over;

  /**
   * Whose logs.
   *
   * @param function CID of the manifest
   * @param nodes that can be asked now
   */
  record Subject(Cid function, Supplier<List<KnownNode>> nodes) {}

  LogFollower(Exchange exchange, NodeLogs logs, Subject subject, BooleanSupplier stopping) {
    this.exchange = exchange;
    this.logs = logs;
    this.subject = subject;
    this.stopping = stopping;
  }

  /**
   * Begins with what is there already.
   *
   * @param pages what each node gave
   * @param first the newest of all of these
   */
  void start(Map<String, LogPage> pages, LogPage first) {
    exchange.whenAnswered(() -> over = true);
    HttpServerResponse response = exchange.request().response();
    response.exceptionHandler(_ -> over = true);
    exchange.stream("application/x-ndjson");
    response.writeHead();
    pages.forEach((node, page) -> saw(node, page.items()));
    first.items().forEach(this::write);
    later();
  }

  private void saw(String node, List<LogItem> items) {
    long last = items.stream().mapToLong(LogItem::sequence).max().orElse(0);
    seen.merge(node, last, Math::max);
  }

  private void later() {
    exchange.vertx().setTimer(POLL.toMillis(), _ -> poll());
  }

  private void poll() {
    HttpServerResponse response = exchange.request().response();
    if (over) {
      return;
    }
    if (stopping.getAsBoolean()) {
      response.end();
      return;
    }
    if (response.writeQueueFull()) {
      later();
      return;
    }
    List<Future<LogPage>> asked = subject.nodes().get().stream().map(this::ask).toList();
    Future.join(asked).onComplete(_ -> polled());
  }

  private Future<LogPage> ask(KnownNode node) {
    long after = seen.getOrDefault(node.name(), since);
    return logs.page(node, subject.function(), "&after=" + after)
        .onSuccess(
            page -> {
              saw(node.name(), page.items());
              page.items().forEach(item -> write(item.at(node.name())));
            });
  }

  private void polled() {
    silent++;
    if (!over && silent >= POLLS_WITHOUT_A_LINE) {
      write(Buffer.buffer("\n"));
    }
    later();
  }

  private void write(LogItem item) {
    write(Buffer.buffer(Json.write(item)).appendByte((byte) '\n'));
  }

  private void write(Buffer line) {
    if (!over) {
      silent = 0;
      exchange.request().response().write(line);
    }
  }
}
