package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.backup.Backup;
import dev.limpet.cli.run.Scratch;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.ProgressBar;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code limpet backup}: a data folder into one file. */
@Command(
    name = "backup",
    description = {
      "Copy the folder of a gateway, a node or 'up' into one file, while it runs or not.",
      "Keys and tokens are in it: keep it as you keep those."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet backup --dir ./data --to data-monday.limpet"})
public final class BackupCommand implements Callable<Integer> {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final Path STANDARD_OUTPUT = Path.of("-");

  private final Session session;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "The folder to copy (default: ~/.limpet, as for 'up').")
  private Path directory = Path.of(System.getProperty("user.home"), ".limpet");

  @Option(
      names = "--to",
      paramLabel = "FILE|-",
      required = true,
      description = "The file to write, which must not exist yet; - is standard output.")
  private Path to = Path.of("");

  @Option(
      names = "--with-cache",
      description = "Also what nodes would fetch again: data of other nodes, pushed functions.")
  private boolean cache;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  BackupCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Path dir = directory.toAbsolutePath().normalize();
    Backup.Summary made;
    try (Scratch scratch = Scratch.open();
        Backup backup = Backup.open(dir, cache, scratch.folder());
        ProgressBar bar = new ProgressBar(session.terminal(), "copying", backup.bytes())) {
      for (String name : backup.leftOut()) {
        session.terminal().note("left out: " + name);
      }
      made = write(backup, bar);
      for (String folder : backup.record(to.toString(), made)) {
        session.terminal().note("not recorded in the audit log of " + folder);
      }
    } catch (IOException e) {
      throw new CliException(
          ExitCode.REFUSED, "not-written", "no backup of " + dir + ": " + Backup.why(e));
    }
    tell(made, dir);
    return ExitCode.DONE.number();
  }

  private Backup.Summary write(Backup backup, ProgressBar bar) throws IOException {
    if (to.equals(STANDARD_OUTPUT)) {
      OutputStream out = new BufferedOutputStream(session.terminal().out(), BUFFER_BYTES);
      return backup.writeTo(out, bar::advance);
    }
    return backup.writeTo(to, bar::advance);
  }

  private void tell(Backup.Summary made, Path dir) {
    if (json) {
      Map<String, Object> fields = fields(made);
      fields.put("dir", dir.toString());
      fields.put("file", to.toString());
      if (to.equals(STANDARD_OUTPUT)) {
        session.terminal().jsonNote(fields);
      } else {
        session.terminal().json(fields);
      }
    } else {
      session
          .terminal()
          .note(
              "a backup of "
                  + dir
                  + " ("
                  + made.kind()
                  + "): "
                  + Amounts.count(made.files(), "file")
                  + ", "
                  + Amounts.bytes(made.bytes()));
    }
  }

  static Map<String, Object> fields(Backup.Summary summary) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", summary.kind());
    fields.put("createdAt", summary.createdAt().toString());
    fields.put("files", summary.files());
    fields.put("bytes", summary.bytes());
    return fields;
  }
}
