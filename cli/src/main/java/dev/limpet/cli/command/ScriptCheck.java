package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.client.FunctionUpload;
import dev.limpet.cli.client.LocalScript;
import dev.limpet.cli.run.LocalRun;
import dev.limpet.cli.run.RunBody;
import dev.limpet.cli.run.RunRequest;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.node.invoke.AnswerCutException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code limpet check} of a script: the runtime reads it here as it would on a node, with its
 * imports, and evaluates its top level; nothing is called.
 */
final class ScriptCheck {
  /** What the runtime takes for "answer nothing". */
  private static final String CHECK = "SCRIPT_CHECK";

  /** What a runtime calls a script of one file. */
  private static final Pattern ENTRY = Pattern.compile("handler\\.(js|py):");

  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final LocalScript script;
  private final Path file;
  private final Terminal terminal;
  private final boolean json;

  ScriptCheck(LocalScript script, Terminal terminal, boolean json) {
    this.script = script;
    this.file = script.path();
    this.terminal = terminal;
    this.json = json;
  }

  /** Checks, and tells what came of it. */
  int call() {
    FunctionManifest manifest = FunctionUpload.manifestOf(script);
    String wrong = wrong(manifest);
    if (json) {
      terminal.json(json(manifest, wrong));
    } else if (wrong == null) {
      row("runtime", script.runtime().id() + ", " + manifest.module());
      row("script", script.cid().toString());
      row("function", manifest.cid().toString());
      terminal.line("no errors found");
    }
    if (wrong == null) {
      return ExitCode.DONE.number();
    }
    CliException refused = new CliException(ErrorCode.BAD_SCRIPT, wrong);
    if (json) {
      terminal.note("limpet: " + refused.detail() + " [" + refused.code() + "]");
      return refused.exit().number();
    }
    throw refused;
  }

  private Map<String, Object> json(FunctionManifest manifest, @Nullable String wrong) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("admitted", wrong == null);
    fields.put(
        "refusals",
        wrong == null
            ? List.of()
            : List.of(Map.of("rule", ErrorCode.BAD_SCRIPT.code(), "detail", wrong)));
    fields.put("runtime", script.runtime().id());
    fields.put("module", manifest.module().toString());
    fields.put("script", String.valueOf(manifest.script()));
    fields.put("function", manifest.cid().toString());
    return fields;
  }

  /** What is wrong with it, as a sentence that begins with the place; or null. */
  private @Nullable String wrong(FunctionManifest manifest) {
    try (LocalRun run = LocalRun.forScripts()) {
      run.script(script);
      String doing = SlowStep.compilingRuntime(script.runtime().id());
      new SlowStep(terminal).run(doing, () -> run.module(script.runtime().module()));
      try {
        var request =
            new LocalRun.Request(
                List.of(), new RunRequest("", "", "", null, Map.of()), RunBody.none(), LONGEST);
        var _ =
            run.run(manifest.withEnv(Map.of(CHECK, "1")), request, OutputStream.nullOutputStream());
        return null;
      } catch (LimpetException e) {
        return sentence(run.log(), e);
      } catch (AnswerCutException e) {
        throw new IllegalStateException("a check has no answer to cut", e);
      }
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-run", "no room to run it here: " + e.getMessage());
    }
  }

  private String sentence(String log, LimpetException failed) {
    if (failed.code() != ErrorCode.GUEST_FAILED || log.isBlank()) {
      return file + ": its top level does not get to its end: " + failed.problem().detail();
    }
    List<String> lines = log.lines().toList();
    String said =
        lines.stream()
            .filter(line -> ENTRY.matcher(line).lookingAt())
            .findFirst()
            .orElse(lines.getLast());
    Matcher place = ENTRY.matcher(said);
    return place.lookingAt() ? file + ":" + said.substring(place.end()) : file + ": " + said;
  }

  private void row(String name, String value) {
    terminal.line(name + " ".repeat(11 - name.length()) + value);
  }
}
