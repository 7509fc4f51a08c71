package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.check.Toolchain;
import dev.limpet.cli.client.LocalScript;
import dev.limpet.cli.run.TrialCompile;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleReport;
import dev.limpet.wasmgate.Refusal;
import dev.limpet.wasmhost.GateRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet check}: what a module is, and whether it is admitted; or a script. No server. */
@Command(
    name = "check",
    description = "What a module or script is, whether it is admitted, and what to change if not.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet check hello.wasm",
      "  limpet check handler.js",
      "  limpet check --compile large.wasm"
    })
public final class CheckCommand implements Callable<Integer> {
  /** Compiling so much code takes about a second. */
  private static final int QUICK_CODE_BYTES = 512 << 10;

  private final Session session;

  @Parameters(
      paramLabel = "MODULE.wasm|SCRIPT.js|SCRIPT.py",
      description = "A module, or a script, which is evaluated and not called.")
  private Path module = Path.of("");

  @Option(
      names = "--compile",
      description = "Compile it, however large it is; up to 512 KiB of code that is done anyway.")
  private boolean compile;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  @Mixin private PythonOption python = new PythonOption();

  CheckCommand(Session session) {
    this.session = session;
  }

  /**
   * What was found.
   *
   * @param refusals of the gate, or of the engine
   * @param report null when it is no module
   * @param hints of the compiler; those of the gate are in the report
   * @param compiled how long compiling took, null when it was not done or failed
   */
  private record Found(
      List<Refusal> refusals,
      @Nullable ModuleReport report,
      List<String> hints,
      @Nullable Duration compiled) {

    /** Without compiling. */
    Found(List<Refusal> refusals, @Nullable ModuleReport report) {
      this(refusals, report, List.of(), null);
    }

    @Nullable Toolchain toolchain() {
      return report == null ? null : Toolchain.of(report);
    }
  }

  @Override
  public Integer call() {
    if (LocalScript.isScript(module)) {
      return new ScriptCheck(
              LocalScript.read(module, python.file(session.terminal())), session.terminal(), json)
          .call();
    }
    byte[] wasm = ModuleFile.read(module);
    Found found =
        switch (ModuleFile.inspect(wasm)) {
          case GateVerdict.Admitted admitted -> compile(wasm, admitted.report());
          case GateVerdict.Refused refused -> new Found(refused.refusals(), refused.report());
        };
    if (json) {
      session.terminal().json(json(found));
    } else {
      print(found);
    }
    return end(found.refusals());
  }

  private Found compile(byte[] wasm, ModuleReport report) {
    if (!compile && report.codeBytes() > QUICK_CODE_BYTES) {
      return new Found(List.of(), report);
    }
    try {
      TrialCompile.Trial trial = TrialCompile.of(wasm);
      return new Found(trial.slow(), report, trial.hints(), trial.took());
    } catch (GateRefusedException e) {
      return new Found(e.refusals(), report);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-run", "no room to compile it here: " + e.getMessage());
    }
  }

  private int end(List<Refusal> refusals) {
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

  private void print(Found found) {
    ModuleReport report = found.report();
    if (report != null) {
      describe(report, found.toolchain());
    }
    found.hints().forEach(hint -> row("hint", hint));
    for (Refusal refusal : found.refusals()) {
      row("refused", refusal.rule() + ": " + refusal.detail());
      row("", refusal.advice());
    }
    Toolchain toolchain = found.toolchain();
    if (!found.refusals().isEmpty() && toolchain != null) {
      row("build", toolchain.build());
    }
    session.terminal().line(conclusion(found));
  }

  private static String conclusion(Found found) {
    if (!found.refusals().isEmpty()) {
      return "not admitted";
    }
    Duration compiled = found.compiled();
    return compiled == null
        ? "admitted by the gate; not compiled, which takes some seconds: --compile does it"
        : "admitted, and compiled in " + Amounts.millis(compiled.toMillis());
  }

  private void describe(ModuleReport report, @Nullable Toolchain toolchain) {
    row("ABI", report.abi().toString().toLowerCase(Locale.ROOT));
    row("language", language(report, toolchain));
    row("functions", report.functions() + ", " + Amounts.bytes(report.codeBytes()) + " of code");
    for (ModuleReport.LargeBody body : report.largest()) {
      String name = body.name() == null ? "" : " (" + body.name() + ")";
      row("", Amounts.bytes(body.bytes()) + " in function " + body.function() + name);
    }
    row("memory", memory(report));
    row("imports", report.imports().size() + " functions");
    row("features", report.features().isEmpty() ? "none" : String.join(", ", report.features()));
    report.hints().forEach(hint -> row("hint", hint));
  }

  private static String language(ModuleReport report, @Nullable Toolchain toolchain) {
    if (report.language() != null) {
      return report.language();
    }
    return toolchain == null ? "unknown" : toolchain.language();
  }

  private static String memory(ModuleReport report) {
    if (!report.hasMemory()) {
      return "none";
    }
    Integer maximum = report.maximumPages();
    return "starts with "
        + Amounts.bytes(report.initialMemoryBytes())
        + (report.growsMemory() ? ", grows" : ", does not grow")
        + (maximum == null
            ? ""
            : ", at most " + Amounts.bytes((long) maximum * ModuleReport.PAGE_BYTES));
  }

  private void row(String name, String value) {
    session.terminal().line(name + " ".repeat(11 - name.length()) + value);
  }

  private static Map<String, Object> json(Found found) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("admitted", found.refusals().isEmpty());
    json.put("refusals", found.refusals().stream().map(CheckCommand::json).toList());
    Duration compiled = found.compiled();
    if (compiled != null) {
      json.put("compileMs", compiled.toMillis());
    }
    Toolchain toolchain = found.toolchain();
    if (toolchain != null) {
      json.put("build", toolchain.build());
    }
    ModuleReport report = found.report();
    if (report != null) {
      json.putAll(json(report, toolchain));
      json.put("hints", Stream.concat(report.hints().stream(), found.hints().stream()).toList());
    }
    return json;
  }

  private static Map<String, Object> json(ModuleReport report, @Nullable Toolchain toolchain) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("abi", report.abi().toString().toLowerCase(Locale.ROOT));
    if (report.language() != null || toolchain != null) {
      json.put("language", language(report, toolchain));
    }
    json.put("functions", report.functions());
    json.put("codeBytes", report.codeBytes());
    json.put("largestBodyBytes", report.largestBodyBytes());
    json.put("largest", report.largest().stream().map(CheckCommand::json).toList());
    json.put("initialPages", report.initialPages());
    json.put("growsMemory", report.growsMemory());
    json.put("features", List.copyOf(report.features()));
    json.put("imports", report.imports().stream().map(Object::toString).toList());
    json.put("exports", report.exports());
    return json;
  }

  private static Map<String, Object> json(ModuleReport.LargeBody body) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("function", body.function());
    if (body.name() != null) {
      json.put("name", body.name());
    }
    json.put("bytes", body.bytes());
    return json;
  }

  private static Map<String, Object> json(Refusal refusal) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rule", refusal.rule());
    json.put("detail", refusal.detail());
    json.put("advice", refusal.advice());
    return json;
  }
}
