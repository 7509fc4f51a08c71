package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.FunctionUse;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Table;
import dev.limpet.protocol.FunctionRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet why}: where a call would run, or ran, and for which reason. */
@Command(
    name = "why",
    description = "Where a call would run and why; or, for an Execution (x-...), where it ran.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet why csv --on bafybei.../2013-01.csv",
      "  limpet why csv --on bafybei.../2013-01.csv -- by=carrier count",
      "  limpet why x-0123456789abcdef"
    })
public final class WhyCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(
      index = "0",
      paramLabel = "FUNCTION|EXECUTION",
      description = "A name, a CID, or x-...")
  private String subject = "";

  @Parameters(
      index = "1..*",
      paramLabel = "ARG",
      description = "Its arguments, after --: who keeps an answer depends on them.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--on",
      paramLabel = "CID[/PATH]",
      description = "The data of the call; may be repeated.")
  private List<String> data = new ArrayList<>();

  WhyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    boolean ended = subject.startsWith("x-");
    if (ended && !(data.isEmpty() && arguments.isEmpty())) {
      throw CliException.usage("an Execution has its data and arguments: name it alone");
    }
    return ended ? execution() : placement();
  }

  private int execution() {
    JsonObject execution =
        session.gateway(options).get("/v1/executions/" + Targets.segment(subject));
    if (options.json()) {
      session.terminal().json(execution.fields());
      return 0;
    }
    show(execution);
    candidates(execution);
    return 0;
  }

  /**
   * A line a field; the fields of an object as if they were its own, the items of a list in one.
   */
  private void show(JsonObject object) {
    for (Map.Entry<String, Object> field : object.fields().entrySet()) {
      String name = field.getKey();
      switch (field.getValue()) {
        case null -> {}
        case Map<?, ?> _ -> show(object.object(name));
        case Collection<?> _ -> list(name, object.texts(name), object.objects(name).isEmpty());
        default -> session.terminal().line(name + ": " + object.text(name));
      }
    }
  }

  private void list(String name, List<String> texts, boolean ofTexts) {
    if (ofTexts && !texts.isEmpty()) {
      session.terminal().line(name + ": " + String.join(", ", texts));
    }
  }

  private int placement() {
    String target = "/v1/why?function=" + Targets.query(subject);
    for (String input : data) {
      target += "&data=" + Targets.dataQuery(input);
    }
    for (String argument : Targets.arguments(arguments)) {
      target += "&" + argument;
    }
    ServerClient gateway = session.gateway(options);
    JsonObject answer = gateway.get(target);
    FunctionUse use = use(answer.text("function"), gateway.text("/metrics"));
    if (options.json()) {
      Map<String, Object> json = new LinkedHashMap<>(answer.fields());
      if (use != null) {
        json.put("memo", Map.of("calls", use.calls(), "hits", use.memoHits()));
      }
      session.terminal().json(json);
      return 0;
    }
    session.terminal().line(fate(answer));
    String keeper = answer.text("keeper");
    if (!keeper.isEmpty()) {
      session.terminal().line("its answer should be kept by " + keeper + ", from an equal call");
    }
    candidates(answer);
    limits(answer.objects("limits"));
    if (use != null) {
      session
          .terminal()
          .line(
              "memo: answered "
                  + use.memoHits()
                  + " of "
                  + Amounts.count(use.calls(), "call")
                  + " since the gateway started");
    }
    return 0;
  }

  private static String fate(JsonObject answer) {
    String refused = answer.text("refused");
    String limit = answer.text("limit");
    if (!limit.isEmpty()) {
      return "the gateway would refuse it now: " + refused + ", " + limit + " is reached";
    }
    String chosen = answer.text("chosen");
    if (chosen.isEmpty()) {
      return refused.isEmpty() ? "no node can take it" : "no node can take it: " + refused;
    }
    String wait = millis(answer, "waitMs");
    return "would run on " + chosen + (wait.isEmpty() ? "" : ", after a wait of some " + wait);
  }

  /** How many calls the gateway has of those that it lets in; a gateway of before says nothing. */
  private void limits(List<JsonObject> limits) {
    StringJoiner told = new StringJoiner(", ");
    for (JsonObject limit : limits) {
      String ofMost = limit.text("calls") + " of " + limit.text("most");
      told.add(ofMost + " (" + limit.text("name") + ")");
    }
    if (!limits.isEmpty()) {
      session.terminal().line("calls at the gateway: " + told);
    }
  }

  /** The calls of the function as it is named here; null when none is counted apart. */
  private @Nullable FunctionUse use(String cid, String metrics) {
    String called =
        switch (FunctionRef.parse(subject)) {
          case FunctionRef.ByName name -> name.name();
          case FunctionRef.ByCid _ -> cid;
        };
    return FunctionUse.parse(metrics).stream()
        .filter(use -> use.calls() > 0 && use.function().equals(called))
        .findFirst()
        .orElse(null);
  }

  private void candidates(JsonObject answer) {
    if (answer.objects("candidates").isEmpty()) {
      return;
    }
    Table table = new Table("NODE", "HOLDS", "MOVES", "MOVE", "QUEUE", "COLD", "CALLS", "REASON");
    for (JsonObject candidate : answer.objects("candidates")) {
      JsonObject cost = candidate.object("cost");
      table.row(
          candidate.text("node"),
          candidate.text("holds"),
          Amounts.bytes(Math.max(0, candidate.number("bytesToMove"))),
          millis(cost, "moveMs"),
          millis(cost, "queueMs"),
          millis(cost, "coldMs"),
          cost.fields().isEmpty() ? "" : cost.text("calls") + "/" + cost.text("slots"),
          candidate.text("reason"));
    }
    table.print(session.terminal());
  }

  private static String millis(JsonObject cost, String name) {
    if (!(cost.fields().get(name) instanceof Number millis)) {
      return "";
    }
    return millis.doubleValue() < 0
        ? "?"
        : String.format(Locale.ROOT, "%.1f ms", millis.doubleValue());
  }
}
