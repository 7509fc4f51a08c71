package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.evidence.Evidence;
import dev.limpet.cli.evidence.Subject;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.protocol.Durations;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.ReceiptQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet evidence}: a folder for an auditor about what ran. */
@Command(
    name = "evidence",
    description = {
      "Make a folder about what ran, which an auditor reads and checks without any server.",
      "",
      "It has a page (index.html), each receipt with its proof, who called, and what nodes could"
          + " not agree on; the page says of each statement whether it is proven or merely said."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "WHEN is a time (2026-11-26T20:00:00Z), a day (2026-11-26), or how long ago (7d).",
      "Exit code 0: every receipt holds; 1: one does not; 5: there is none; 6: all that is here",
      "holds, and something could not be had (the page says what).",
      "",
      "Examples:",
      "  limpet evidence wordcount --since 7d --to evidence",
      "  limpet evidence bafybei... --since 2026-11-01 --until 2026-12-01",
      "  limpet evidence x-… --to one-call"
    })
public final class EvidenceCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(
      paramLabel = "EXECUTION|FUNCTION|CID",
      description = "An Execution, a function (NAME, NAME@VERSION, CID), or data that was used.")
  private String subject = "";

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      description = "Executions that began then or later; needed unless one is named.")
  private @Nullable String since;

  @Option(
      names = "--until",
      paramLabel = "WHEN",
      description = "Executions that began before (default: now).")
  private @Nullable String until;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      defaultValue = "evidence",
      description = "The folder; it must not exist yet (default: ${DEFAULT-VALUE}).")
  private Path to = Path.of("evidence");

  @Option(
      names = "--operator",
      paramLabel = "KEY",
      description = "The key of the operator that you trust (default: that of the gateway).")
  private @Nullable String operator;

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "An access log of the gateway, which names callers; as often as needed.")
  private List<Path> accessLogs = new ArrayList<>();

  @Option(
      names = "--dsse",
      description = "With the operator's statements for other tools (SLSA provenance in DSSE).")
  private boolean statements;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Receipts at most (default and most: ${DEFAULT-VALUE}).",
      defaultValue = "" + Evidence.MAX_EVIDENCE_RECEIPTS)
  private int limit = Evidence.MAX_EVIDENCE_RECEIPTS;

  EvidenceCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    if (since == null && !subject.startsWith("x-")) {
      throw CliException.usage("say since when: --since 7d, or --since 2026-11-26");
    }
    if (limit < 1 || limit > Evidence.MAX_EVIDENCE_RECEIPTS) {
      throw CliException.usage("--limit is from 1 to " + Evidence.MAX_EVIDENCE_RECEIPTS);
    }
    Subject.Span span = new Subject.Span(when("--since", since, now), when("--until", until, now));
    PeerId trusted = VerifyCommand.key("--operator", operator);
    ServerClient gateway = session.gateway(options);
    Evidence.Wish wish =
        new Evidence.Wish(
            Subject.of(gateway, subject, span), statements, trusted, accessLogs, limit);
    Evidence.Made made;
    try {
      made = Evidence.write(gateway, session.terminal(), to, wish);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-written", "cannot write " + to + ": " + e.getMessage());
    }
    print(made);
    return exit(made).number();
  }

  private static ExitCode exit(Evidence.Made made) {
    if (made.red() > 0) {
      return ExitCode.FUNCTION_FAILED;
    }
    return made.isIncomplete() ? ExitCode.BUSY : ExitCode.DONE;
  }

  /** A time, the beginning of a day in UTC, or a duration before now. */
  private static @Nullable Instant when(String option, @Nullable String typed, Instant now) {
    if (typed == null) {
      return null;
    }
    try {
      Instant time = read(typed, now);
      if (!time.isBefore(ReceiptQuery.FIRST) && !time.isAfter(ReceiptQuery.LAST)) {
        return time;
      }
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
      throw CliException.usage(
          option
              + " is a time such as 2026-11-26T20:00:00Z, a day such as 2026-11-26, or how long"
              + " ago, such as 7d");
    }
    throw CliException.usage(option + " is a time from the year 1970 to 9999");
  }

  private static Instant read(String typed, Instant now) {
    if (typed.contains("T")) {
      return Instant.parse(typed);
    }
    return typed.contains("-")
        ? LocalDate.parse(typed).atStartOfDay(ZoneOffset.UTC).toInstant()
        : now.minus(Durations.parse(typed));
  }

  private void print(Evidence.Made made) {
    if (options.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("folder", to.toString());
      json.put("receipts", made.receipts());
      json.put("red", made.red());
      json.put("absent", made.absent());
      json.put("gaps", made.gaps());
      json.put("disagreements", made.disagreements());
      json.put("missing", made.missing());
      json.put("lacks", made.lacks());
      if (made.next() != null) {
        json.put("continueSince", made.next().toString());
      }
      session.terminal().json(json);
      return;
    }
    session.terminal().line(to.resolve("index.html").toString());
    session
        .terminal()
        .note(
            Amounts.count(made.receipts(), "receipt")
                + ", "
                + made.red()
                + " red, "
                + made.absent()
                + " could not be had; "
                + Amounts.count(made.gaps(), "gap")
                + ", "
                + Amounts.count(made.disagreements(), "disagreement"));
    if (!made.missing().isEmpty()) {
      session.terminal().note("these nodes did not answer: " + String.join(", ", made.missing()));
    }
    made.lacks().forEach(lack -> session.terminal().note("not in the folder: " + lack));
    if (made.next() != null) {
      session.terminal().note("there are more: go on with --since " + made.next());
    }
  }
}
