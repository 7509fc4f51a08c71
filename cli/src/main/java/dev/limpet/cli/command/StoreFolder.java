package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.node.OfflineStore;
import dev.limpet.node.store.NodeStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The folder in which a node that is stopped has its store. */
final class StoreFolder {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "The folder of a node that is stopped.")
  private @Nullable Path directory;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration of that node, for its quotas.")
  private @Nullable Path config;

  boolean isNamed() {
    return directory != null;
  }

  /** Opens the folder, which must be named. */
  NodeStore open() {
    if (directory == null) {
      throw CliException.usage(
          "this works on the folder of a node that is stopped: name it with --dir");
    }
    return OfflineStore.open(directory.toAbsolutePath().normalize(), config, System.getenv());
  }
}
