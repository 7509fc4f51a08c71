package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleReport;
import dev.limpet.wasmgate.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet check}: what a module is, and whether the gate admits it. Needs no server. */
@Command(
    name = "check",
    description = "What a module is, whether it is admitted, and what to change if not.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet check hello.wasm"})
public final class CheckCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "MODULE", description = "A .wasm file.")
  private Path module = Path.of("");

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  CheckCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    GateVerdict verdict = ModuleFile.inspect(ModuleFile.read(module));
    return switch (verdict) {
      case GateVerdict.Admitted admitted -> show(List.of(), admitted.report());
      case GateVerdict.Refused refused -> show(refused.refusals(), refused.report());
    };
  }

  private int show(List<Refusal> refusals, @Nullable ModuleReport report) {
    if (json) {
      session.terminal().json(json(refusals, report));
    } else {
      print(refusals, report);
    }
    if (refusals.isEmpty()) {
      return ExitCode.DONE.number();
    }
    CliException refused = new CliException(ErrorCode.GATE_REFUSED, module + " is not admitted");
    if (json) {
      // The verdict itself is the one object that a script reads.
      session.terminal().note("limpet: " + refused.detail() + " [" + refused.code() + "]");
      return refused.exit().number();
    }
    throw refused;
  }

  private void print(List<Refusal> refusals, @Nullable ModuleReport report) {
    if (report != null) {
      session.terminal().line("ABI        " + report.abi().toString().toLowerCase(Locale.ROOT));
      session
          .terminal()
          .line("language   " + (report.language() == null ? "unknown" : report.language()));
      session
          .terminal()
          .line(
              "functions  "
                  + report.functions()
                  + ", the largest "
                  + Amounts.bytes(report.largestBodyBytes()));
      session
          .terminal()
          .line("memory     starts with " + report.initialPages() + " pages of 64 KiB");
      session.terminal().line("imports    " + report.imports().size() + " of WASI preview 1");
    }
    for (Refusal refusal : refusals) {
      session.terminal().line("refused    " + refusal.rule() + ": " + refusal.detail());
      session.terminal().line("           " + refusal.advice());
    }
    session.terminal().line(refusals.isEmpty() ? "admitted" : "not admitted");
  }

  private static Map<String, Object> json(List<Refusal> refusals, @Nullable ModuleReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("admitted", refusals.isEmpty());
    List<Map<String, String>> list = new ArrayList<>();
    for (Refusal refusal : refusals) {
      list.add(
          Map.of("rule", refusal.rule(), "detail", refusal.detail(), "advice", refusal.advice()));
    }
    json.put("refusals", list);
    if (report != null) {
      json.put("abi", report.abi().toString().toLowerCase(Locale.ROOT));
      if (report.language() != null) {
        json.put("language", report.language());
      }
      json.put("functions", report.functions());
      json.put("largestBodyBytes", report.largestBodyBytes());
      json.put("initialPages", report.initialPages());
      json.put("imports", report.imports().stream().map(Object::toString).toList());
      json.put("exports", report.exports());
    }
    return json;
  }
}
