package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.run.LocalRun;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Invocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files and directories of this machine as the data of a run here. */
final class LocalInputs {
  private LocalInputs() {}

  /**
   * Adds them, {@code /data} first.
   *
   * @throws CliException when one is not there or cannot be imported, or there are too many
   */
  static void add(LocalRun run, List<Path> paths, ImportOptions options) {
    if (paths.size() > Invocation.MAX_INPUTS) {
      throw CliException.usage("at most " + Invocation.MAX_INPUTS + " times --data");
    }
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new CliException(ErrorCode.NOT_FOUND, "no file or directory " + path);
      }
      try {
        run.input(path, options);
      } catch (ContentException e) {
        throw new CliException(ExitCode.REFUSED, "not-added", path + ": " + e.getMessage());
      }
    }
  }
}
