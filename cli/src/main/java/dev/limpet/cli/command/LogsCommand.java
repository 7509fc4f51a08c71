package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.LineReader;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet logs}: what functions wrote on standard error, and how they ended. */
@Command(
    name = "logs",
    description = {
      "The log of an Execution (x-...), or those of a function, newest last.",
      "Nodes keep the log of each Execution that wrote one or failed, the oldest go first."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet logs x-bnttvlddrgm7x2dhrnjkbjmg3u",
      "  limpet logs csv --tail 3",
      "  limpet logs csv --follow"
    })
public final class LogsCommand implements Callable<Integer> {
  /** What the gateway gives at once. */
  private static final int PAGE = 200;

  /** Lines, or Executions, that are shown at most. */
  private static final int MAX_TAIL = 10_000;

  private static final int SOME = 20;

  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(
      paramLabel = "EXECUTION|FUNCTION",
      description = "x-..., or NAME, NAME@VERSION or a CID.")
  private String subject = "";

  @Option(
      names = {"-f", "--follow"},
      description =
          "Go on: to the end of the Execution, or with each log that comes (Ctrl-C ends).")
  private boolean follow;

  @Option(
      names = "--tail",
      paramLabel = "N",
      description = "Only the last N lines of an Execution, or the last N logs (20) of a function.")
  private @Nullable Integer tail;

  LogsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (tail != null && (tail < 0 || tail > MAX_TAIL)) {
      throw CliException.usage("--tail takes a number from 0 to " + MAX_TAIL);
    }
    if (subject.startsWith("x-")) {
      execution();
    } else if (follow) {
      follow();
    } else {
      list();
    }
    return ExitCode.DONE.number();
  }

  private void execution() {
    String target = "/v1/executions/" + Targets.segment(subject) + "/log";
    Deque<String> last = new ArrayDeque<>();
    boolean[] any = new boolean[1];
    lines(
        follow ? target + "?follow=true" : target,
        line -> {
          any[0] = true;
          if (tail == null || follow) {
            print(line);
          } else {
            last.addLast(line);
            if (last.size() > tail) {
              last.removeFirst();
            }
          }
        });
    last.forEach(this::print);
    if (!any[0]) {
      session.terminal().note(subject + " wrote nothing to its log, or it is kept no longer");
    }
  }

  private void print(String line) {
    if (options.json()) {
      session.terminal().json(Map.of("execution", subject, "line", line));
    } else {
      session.terminal().line(line);
    }
  }

  private interface Lines {
    void line(String line);
  }

  /** Reads an answer line by line as it comes. */
  private void lines(String target, Lines each) {
    ServerClient gateway = session.gateway(options);
    HttpResponse<InputStream> answer = gateway.stream(gateway.request(target).GET().build());
    try (LineReader lines = new LineReader(answer.body())) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        each.line(line);
      }
    } catch (IOException e) {
      throw new CliException(
          ErrorCode.UNREACHABLE, "the log broke off: the gateway or the node of it went away");
    }
  }

  private void list() {
    int wanted = tail == null ? SOME : tail;
    List<JsonObject> items = new ArrayList<>();
    List<String> missing = List.of();
    String cursor = "";
    ServerClient gateway = session.gateway(options);
    do {
      int limit = Math.min(PAGE, wanted - items.size());
      JsonObject page = gateway.get(target(limit) + cursor);
      items.addAll(0, page.objects("items"));
      missing = page.texts("missing");
      cursor = page.text("next").isEmpty() ? "" : "&cursor=" + Targets.query(page.text("next"));
    } while (!cursor.isEmpty() && items.size() < wanted);
    items.forEach(this::show);
    if (items.isEmpty() && wanted > 0) {
      session.terminal().note("no logs are kept of " + subject);
    }
    if (!missing.isEmpty()) {
      session.terminal().note("these nodes are away, with what they keep: " + missing);
    }
  }

  private String target(int limit) {
    return "/v1/logs?function=" + Targets.query(subject) + "&limit=" + limit;
  }

  private void follow() {
    int some = Math.min(PAGE, tail == null ? SOME : tail);
    lines(
        target(some) + "&follow=true",
        line -> {
          if (!line.isEmpty()) {
            show(item(line));
          }
        });
  }

  private static JsonObject item(String line) {
    try {
      return JsonObject.parse(line);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ErrorCode.UNREACHABLE, "the gateway answered something that is no log");
    }
  }

  private void show(JsonObject item) {
    if (options.json()) {
      session.terminal().json(item.fields());
      return;
    }
    String execution = item.text("execution");
    String ended = item.text("endedAt").isEmpty() ? item.text("startedAt") : item.text("endedAt");
    session.terminal().line("== " + execution + " on " + item.text("node") + " " + ended);
    if (item.number("cutBytes") > 0) {
      session.terminal().line("[... 'limpet logs " + execution + "' shows what was before ...]");
    }
    String text = item.text("text").stripTrailing();
    if (!text.isEmpty()) {
      text.lines().forEach(session.terminal()::line);
    }
    if (!item.text("error").isEmpty()) {
      session.terminal().line("limpet: " + item.text("detail") + " [" + item.text("error") + "]");
    }
  }
}
