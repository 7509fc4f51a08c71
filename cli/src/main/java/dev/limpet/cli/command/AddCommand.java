package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.DagUpload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.ProgressBar;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.protocol.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code limpet add}: data into a node. Files are cut and hashed here, the blocks travel as one CAR
 * while that goes on, and the node's root must be the one that was computed here.
 */
@Command(
    name = "add",
    description = "Add files or directories to a node; prints the CID of each.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet add ./flights --node shed"})
public final class AddCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private DataOptions options = new DataOptions();

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files or directories.")
  private List<Path> paths = new ArrayList<>();

  @Mixin private ImportParameters parameters = new ImportParameters();

  AddCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    requireUsable(parameters);
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new CliException(ErrorCode.NOT_FOUND, "no file or directory " + path);
      }
    }
    DataOptions.Chosen node = options.choose(session);
    for (Path path : paths) {
      add(path, node);
    }
    return ExitCode.DONE.number();
  }

  /** Wrong usage is told before any file is looked at. */
  private static void requireUsable(ImportParameters parameters) {
    UnixFsProfile _ = parameters.profile();
    ImportOptions _ = parameters.taken();
  }

  private void add(Path path, DataOptions.Chosen node) {
    try {
      print(path, send(path, node.client()), node.name());
    } catch (ContentException e) {
      throw new CliException(ExitCode.REFUSED, "not-added", path + ": " + e.getMessage());
    }
  }

  private ImportedRoot send(Path path, ServerClient node) {
    long bytes = ImportSize.of(path, parameters.taken().hidden());
    try (ProgressBar bar = new ProgressBar(session.terminal(), "adding", bytes)) {
      return new DagUpload(node, bytes)
          .send(
              sink ->
                  new UnixFsImporter(sink, parameters.profile()).importTree(path, importing(bar)));
    }
  }

  private ImportOptions importing(ProgressBar bar) {
    return parameters.taken().withProgress(bar::advance);
  }

  private void print(Path path, ImportedRoot root, String node) {
    if (!options.server().json()) {
      String size = Amounts.bytes(root.size());
      session.terminal().line(root.cid() + "  " + size + "  " + path + "  on " + node);
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("path", path.toString());
    line.put("cid", root.cid().toString());
    line.put("size", root.size());
    line.put("dagSize", root.dagSize());
    line.put("node", node);
    session.terminal().json(line);
  }
}
