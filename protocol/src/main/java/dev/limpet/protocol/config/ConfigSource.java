package dev.limpet.protocol.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of one start come from.
 *
 * @param file a file of {@code key = value} lines, or null for none; one that is named must exist
 * @param environment the environment of the process; variables of others are left alone
 * @param settings the arguments of {@code --set}, each {@code key=value}
 */
public record ConfigSource(
    @Nullable Path file, Map<String, String> environment, List<String> settings) {
  /** Keeps copies. */
  public ConfigSource {
    environment = Map.copyOf(environment);
    settings = List.copyOf(settings);
  }
}
