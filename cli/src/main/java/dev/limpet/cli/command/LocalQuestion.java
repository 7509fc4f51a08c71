package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.client.FunctionUpload;
import dev.limpet.cli.run.LocalRun;
import dev.limpet.cli.run.RunBody;
import dev.limpet.cli.run.RunRequest;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.node.invoke.AnswerCutException;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.runtimes.ShippedModule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A question in SQL to files of this machine, without servers; the function is that of a node.
 *
 * @param query the function's arguments, as they stand in a query
 * @param wall the longest it may take; the function's own limit may be shorter
 */
record LocalQuestion(Terminal terminal, String query, Duration wall) {
  /** Asks, and prints the answer and what the function says of it. */
  int ask(List<Path> data) {
    byte[] module = ShippedModule.SQL.bytes();
    FunctionManifest manifest = FunctionUpload.manifestOf(module, Abi.HTTP);
    RunRequest request = new RunRequest("", "", query, null, Map.of());
    try (LocalRun run = LocalRun.forScripts()) {
      LocalInputs.add(run, data, ImportOptions.standard());
      new SlowStep(terminal)
          .run(SlowStep.compilingRuntime(ShippedModule.SQL.id()), () -> run.module(module));
      try {
        var asked = new LocalRun.Request(List.of(), request, RunBody.none(), wall);
        var _ = run.run(manifest, asked, terminal.out());
        return ExitCode.DONE.number();
      } catch (AnswerCutException e) {
        throw new CliException(e.problem().code(), "the answer broke off: " + e.problem().detail());
      } finally {
        said(run.log());
      }
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-run", "no room to ask it here: " + e.getMessage());
    }
  }

  private void said(String log) {
    if (!log.isEmpty()) {
      terminal.note(log.stripTrailing());
    }
  }
}
