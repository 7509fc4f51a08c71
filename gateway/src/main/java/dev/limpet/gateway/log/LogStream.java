package dev.limpet.gateway.log;

import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.LogPart;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of one Execution on its way to a reader, part by part; who follows it gets what comes
 * until the Execution ends. A last line says how one ended that failed. What breaks in the middle
 * is cut, never ended. Runs on the event loop of the reader's connection.
 */
final class LogStream {
  /** How long the end of a log that is followed may be old. */
  private static final Duration POLL = Duration.ofMillis(250);

  private final Exchange exchange;
  private final NodeLogs logs;
  private final Source source;
  private final boolean follow;
  private final BooleanSupplier stopping;
  private long seen;
  private boolean endsLine = true;
  private boolean over;

  /**
   * Whose log.
   *
   * @param id the Execution
   * @param node that ran it
   * @param known what the gateway knows of it now, or null
   */
  record Source(ExecutionId id, KnownNode node, Supplier<@Nullable Execution> known) {}

  LogStream(
      Exchange exchange, NodeLogs logs, Source source, boolean follow, BooleanSupplier stopping) {
    this.exchange = exchange;
    this.logs = logs;
    this.source = source;
    this.follow = follow;
    this.stopping = stopping;
  }

  void start() {
    exchange.whenAnswered(() -> over = true);
    exchange.request().response().exceptionHandler(_ -> over = true);
    ask();
  }

  private void ask() {
    if (!over) {
      Execution before = source.known().get();
      logs.part(source.node(), source.id(), seen)
          .map(
              part -> {
                answered(before, part);
                return part;
              })
          .onFailure(this::broken);
    }
  }

  private void broken(Throwable cause) {
    if (over) {
      return;
    }
    if (exchange.request().response().headWritten()) {
      exchange.request().response().reset();
    } else {
      exchange.fail(cause);
    }
  }

  private void answered(@Nullable Execution before, Optional<LogPart> found) {
    if (over) {
      return;
    }
    if (exchange.is(HttpMethod.HEAD)) {
      begin().end();
      return;
    }
    if (found.isEmpty()) {
      boolean runs = before != null && before.state() == ExecutionState.RUNNING;
      if (runs) {
        begin();
        waitOrEnd();
      } else {
        end(before == null ? null : before.error(), null);
      }
      return;
    }
    LogPart part = found.get();
    requireProgress(part);
    seen = part.next();
    write(part.item().text());
    goOn(before, part);
  }

  /** A log that goes on where it was, or before, has no end. */
  private void requireProgress(LogPart part) {
    if (part.next() < seen || (part.more() && part.next() == seen)) {
      throw new LimpetException(
          ErrorCode.NODE_FAILED,
          "the node " + source.node().name() + " shows a log that goes on at no later place");
    }
  }

  private void goOn(@Nullable Execution before, LogPart part) {
    LogItem item = part.item();
    if (part.more()) {
      whenWritten(this::ask);
    } else if (item.state() == ExecutionState.RUNNING) {
      waitOrEnd();
    } else {
      String error = item.error();
      end(error == null && before != null ? before.error() : error, item.detail());
    }
  }

  private void waitOrEnd() {
    if (follow && !stopping.getAsBoolean()) {
      exchange.vertx().setTimer(POLL.toMillis(), _ -> whenWritten(this::ask));
    } else {
      begin().end();
    }
  }

  private void whenWritten(Runnable then) {
    if (over) {
      then.run();
    } else {
      Drain.of(exchange.request().response(), then);
    }
  }

  private HttpServerResponse begin() {
    HttpServerResponse response = exchange.request().response();
    if (!response.headWritten()) {
      exchange.stream("text/plain; charset=utf-8");
      if (follow && !exchange.is(HttpMethod.HEAD)) {
        response.writeHead();
      }
    }
    return response;
  }

  private void write(String text) {
    HttpServerResponse response = begin();
    if (!text.isEmpty()) {
      response.write(Buffer.buffer(text));
      endsLine = text.endsWith("\n");
    }
  }

  private void end(@Nullable String error, @Nullable String detail) {
    if (error != null) {
      String why = detail;
      if (why == null) {
        why = ErrorCode.parse(error).map(ErrorCode::title).orElse("it failed");
      }
      write((endsLine ? "" : "\n") + "limpet: " + why + " [" + error + "]\n");
    }
    begin().end();
  }
}
