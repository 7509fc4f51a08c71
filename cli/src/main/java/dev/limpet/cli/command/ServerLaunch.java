package dev.limpet.cli.command;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway or a node process was told on its command line.
 *
 * @param config its configuration file, or null
 * @param settings {@code key=value}, later ones win
 * @param supervised whether the end of standard input stops it
 * @param json whether it says that it is ready as JSON
 */
record ServerLaunch(
    @Nullable Path config, List<String> settings, boolean supervised, boolean json) {
  ServerLaunch {
    settings = List.copyOf(settings);
  }
}
