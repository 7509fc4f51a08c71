package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.FunctionUse;
import dev.limpet.cli.client.MemoUse;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Table;
import dev.limpet.protocol.Durations;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpet top}: what takes the time. */
@Command(
    name = "top",
    description = {
      "Functions by the time that they ran: calls, fuel, memory and bytes since the gateway",
      "started; with --every what came in each interval, until it is interrupted."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet top --every 2s"})
public final class TopCommand implements Callable<Integer> {
  private static final String METRICS = "/metrics";
  private static final Pattern COPIES =
      Pattern.compile("(?m)^limpet_gateway_copies (\\d{1,9})\\.0$");
  private static final double MILLIS_PER_SECOND = 1000;

  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "Look again after so long, such as 2s, and show the difference.")
  private @Nullable String every;

  TopCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ServerClient gateway = session.gateway(options);
    Duration pause = pause();
    Map<String, FunctionUse> before = new HashMap<>();
    String metrics = gateway.text(METRICS);
    List<FunctionUse> now = FunctionUse.parse(metrics);
    if (pause == null) {
      show(now, 0);
      showRest(metrics);
      return ExitCode.DONE.number();
    }
    while (true) {
      now.forEach(use -> before.put(use.function(), use));
      long from = System.nanoTime();
      rest(from, pause);
      metrics = gateway.text(METRICS);
      now = FunctionUse.parse(metrics);
      double seconds = (System.nanoTime() - from) / 1e9;
      show(now.stream().map(use -> since(before, use)).toList(), seconds);
      showRest(metrics);
    }
  }

  private static FunctionUse since(Map<String, FunctionUse> before, FunctionUse use) {
    FunctionUse earlier = before.get(use.function());
    return earlier == null ? use : use.since(earlier);
  }

  private @Nullable Duration pause() {
    if (every == null) {
      return null;
    }
    try {
      Duration pause = Durations.parse(every);
      if (pause.isPositive()) {
        return pause;
      }
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--every: " + e.getMessage());
    }
    throw CliException.usage("--every: at least 1ms is needed");
  }

  private static void rest(long fromNanos, Duration pause) {
    long end = fromNanos + pause.toNanos();
    for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void show(List<FunctionUse> uses, double seconds) {
    List<FunctionUse> busy =
        uses.stream()
            .filter(use -> use.calls() > 0)
            .sorted(Comparator.comparingDouble(FunctionUse::runSeconds).reversed())
            .toList();
    if (options.json()) {
      busy.forEach(use -> session.terminal().json(json(use, seconds)));
      return;
    }
    Table table =
        new Table(
            "FUNCTION",
            "CALLS",
            "FAILED",
            "MEMO",
            "RUN",
            "FUEL",
            "MEMORY",
            "IN",
            "OUT",
            "MOVED",
            "STAYED");
    for (FunctionUse use : busy) {
      table.row(
          use.function(),
          seconds > 0 ? decimal(use.calls() / seconds) + "/s" : use.calls(),
          use.failed(),
          use.memoHits(),
          seconds > 0
              ? decimal(use.runSeconds() * 100 / seconds) + " %"
              : Amounts.millis(Math.round(use.runSeconds() * MILLIS_PER_SECOND)),
          String.format(Locale.ROOT, "%.3g", use.fuel()),
          Amounts.bytes(use.memoryBytes()),
          Amounts.bytes(use.bytesIn()),
          Amounts.bytes(use.bytesOut()),
          Amounts.bytes(use.bytesMoved()),
          Amounts.bytes(use.bytesNotMoved()));
    }
    table.print(session.terminal());
  }

  /** What the memo spared these, and how many copies of hot data there are, when there are any. */
  private void showRest(String metrics) {
    if (options.json()) {
      return;
    }
    session.terminal().line("memo: " + MemoUse.parse(metrics).text());
    Matcher copies = COPIES.matcher(metrics);
    if (copies.find() && !copies.group(1).equals("0")) {
      session.terminal().line("copies of hot data: " + copies.group(1));
    }
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private static Map<String, Object> json(FunctionUse use, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("function", use.function());
    if (seconds > 0) {
      json.put("intervalMs", Math.round(seconds * MILLIS_PER_SECOND));
    }
    json.put("calls", use.calls());
    json.put("failed", use.failed());
    json.put("memoHits", use.memoHits());
    json.put("runMs", Math.round(use.runSeconds() * MILLIS_PER_SECOND));
    json.put("fuel", Math.round(use.fuel()));
    json.put("memoryBytes", use.memoryBytes());
    json.put("bytesIn", use.bytesIn());
    json.put("bytesOut", use.bytesOut());
    json.put("bytesMoved", use.bytesMoved());
    json.put("bytesNotMoved", use.bytesNotMoved());
    return json;
  }
}
