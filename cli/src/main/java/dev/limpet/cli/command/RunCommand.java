package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.LocalScript;
import dev.limpet.cli.run.LocalRun;
import dev.limpet.cli.run.RunBody;
import dev.limpet.cli.run.RunUsage;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.node.invoke.AnswerCutException;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.Durations;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ManifestLimit;
import dev.limpet.wasmhost.GateRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet run}: a function in this process, as it would run on a node. */
@Command(
    name = "run",
    description = "Run a module, a script or limpet.json here, without servers, as a node would.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet run hello.wasm -- world",
      "  limpet run csv.wasm --data ./2013-01.csv --usage -- by=carrier mean=arr_delay",
      "  limpet run handler.js --data ./2013-01.csv --query 'by=carrier'",
      "  limpet run limpet.json --body - --fuel 1000000 < notes.txt",
      "  limpet run limpet.json -i --query 'width=200' --data ./photo.jpg > small.jpg"
    })
public final class RunCommand implements Callable<Integer> {
  /** Only --time and the function's own limit end it sooner. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Session session;

  @Parameters(
      index = "0",
      paramLabel = "MODULE.wasm|SCRIPT.js|SCRIPT.py|limpet.json",
      description = "What to run; a manifest names its module's file.")
  private Path file = Path.of("");

  @Parameters(index = "1..*", paramLabel = "ARG", description = "Arguments, after --.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "A file or directory, /data to the function (then /data1, ...); "
              + "links out of it lead nowhere.")
  private List<Path> data = new ArrayList<>();

  @Option(names = "--hidden", description = "Take files whose name begins with a dot, too.")
  private boolean hidden;

  @Mixin private BodyOption body = new BodyOption();

  @Option(
      names = "--time",
      paramLabel = "TIME",
      description = "Lower its wall time, e.g. 2s, and show the usage.")
  private String time = "";

  @Option(
      names = "--fuel",
      paramLabel = "N",
      description = "Set limits.fuel, and show the usage: another manifest, so another Task.")
  private @Nullable Long fuel;

  @Option(
      names = "--memory",
      paramLabel = "BYTES",
      description = "Set limits.memory, e.g. 32MiB, and show the usage.")
  private String memory = "";

  @Mixin private PythonOption python = new PythonOption();

  @Mixin private RequestOptions request = new RequestOptions();

  @Option(
      names = {"-i", "--show-headers"},
      description = "Show status and header lines of the answer on standard error.")
  private boolean showHeaders;

  @Option(
      names = "--usage",
      description = "Show fuel, memory, blocks, time and Task on standard error.")
  private boolean usage;

  @Option(
      names = "--json",
      description = "Show usage and exit code as a JSON object on standard error.")
  private boolean json;

  RunCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ModuleFile.Function function = ModuleFile.function(file, python.file(session.terminal()));
    FunctionManifest manifest = limited(function.manifest());
    Duration wall = wall();
    try (LocalRun run = function.script() == null ? LocalRun.open() : LocalRun.forScripts();
        InputStream stream = openBody()) {
      load(run, function);
      return run(run, manifest, asked(manifest, body(stream), wall));
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-run", "no room to run it here: " + e.getMessage());
    }
  }

  private LocalRun.Request asked(FunctionManifest manifest, RunBody sent, Duration wall) {
    return new LocalRun.Request(arguments, request.request(manifest), sent, wall);
  }

  private void load(LocalRun run, ModuleFile.Function function) throws IOException {
    LocalScript script = function.script();
    if (script != null) {
      run.script(script);
    }
    String doing =
        script == null
            ? "this process compiles the module, as a node does once"
            : SlowStep.compilingRuntime(script.runtime().id());
    try {
      new SlowStep(session.terminal()).run(doing, () -> run.module(function.module()));
    } catch (GateRefusedException e) {
      throw ModuleFile.refusal(file, e.refusals());
    }
    LocalInputs.add(run, data, ImportOptions.standard().withHidden(hidden));
  }

  private int run(LocalRun run, FunctionManifest manifest, LocalRun.Request asked)
      throws IOException {
    try {
      show(run.run(manifest, asked, session.terminal().out()));
      return ExitCode.DONE.number();
    } catch (LimpetException e) {
      show(run.failed(manifest));
      throw e;
    } catch (AnswerCutException e) {
      show(run.failed(manifest));
      throw new CliException(e.problem().code(), "the answer broke off: " + e.problem().detail());
    }
  }

  private void show(@Nullable RunUsage used) {
    if (used == null) {
      return;
    }
    if (showHeaders) {
      used.answerHead().forEach(session.terminal()::note);
    }
    String log = new String(used.result().usage().log().bytes(), StandardCharsets.UTF_8);
    if (!log.isEmpty()) {
      session.terminal().note(log.stripTrailing());
    }
    if (json) {
      session.terminal().jsonNote(used.toJson());
    } else if (usage || fuel != null || !time.isEmpty() || !memory.isEmpty()) {
      used.lines().forEach(session.terminal()::note);
    }
  }

  private Duration wall() {
    try {
      Duration typed = time.isEmpty() ? LONGEST : Durations.parse(time);
      if (typed.isZero()) {
        throw CliException.usage("--time must be more than nothing");
      }
      return typed;
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--time: " + e.getMessage());
    }
  }

  private FunctionManifest limited(FunctionManifest manifest) {
    Map<ManifestLimit, Long> limits = new EnumMap<>(ManifestLimit.class);
    limits.putAll(manifest.limits());
    try {
      if (fuel != null) {
        limits.put(ManifestLimit.FUEL, fuel);
      }
      if (!memory.isEmpty()) {
        limits.put(ManifestLimit.MEMORY, ByteSizes.parse(memory));
      }
      return manifest.withLimits(limits);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--fuel or --memory: " + e.getMessage());
    }
  }

  private InputStream openBody() {
    return body.isGiven() ? body.open(session.terminal()) : InputStream.nullInputStream();
  }

  private RunBody body(InputStream stream) throws IOException {
    return body.isGiven() ? new RunBody(body.length(), stream) : RunBody.none();
  }
}
