package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.backup.Backup;
import dev.limpet.cli.backup.Restore;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.ProgressBar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code limpet restore}: a data folder from a backup. */
@Command(
    name = "restore",
    description = {
      "Make the folder of a gateway, a node or 'up' from a backup.",
      "The whole backup is checked before anything is written."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet restore --from data-monday.limpet --dir ./data"})
public final class RestoreCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      required = true,
      description = "What 'limpet backup' wrote.")
  private Path from = Path.of("");

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      required = true,
      description = "The folder to make; it must not exist, or be empty.")
  private Path directory = Path.of("");

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  RestoreCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Path dir = directory.toAbsolutePath().normalize();
    Backup.Summary restored;
    try (ProgressBar bar = new ProgressBar(session.terminal(), "restoring", total())) {
      restored = new Restore(from, dir, bar::advance).run();
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-written", "nothing was restored: " + Backup.why(e));
    }
    if (json) {
      Map<String, Object> fields = BackupCommand.fields(restored);
      fields.put("dir", dir.toString());
      session.terminal().json(fields);
    } else {
      session
          .terminal()
          .note(
              "restored "
                  + dir
                  + " ("
                  + restored.kind()
                  + " of "
                  + restored.createdAt()
                  + "): "
                  + Amounts.bytes(restored.bytes())
                  + "; start it as before");
    }
    return ExitCode.DONE.number();
  }

  private long total() throws IOException {
    return Files.isRegularFile(from) ? 2 * Files.size(from) : -1;
  }
}
