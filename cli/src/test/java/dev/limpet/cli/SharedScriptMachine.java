package dev.limpet.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One {@link ScriptMachine} for all classes of tests that register this, since compiling the
 * runtime of scripts takes longer than most of their tests. It ends with the last class, and each
 * of them gives its functions names of its own.
 */
final class SharedScriptMachine implements BeforeAllCallback {
  private @Nullable ScriptMachine machine;

  /** It runs. */
  ScriptMachine get() {
    return Objects.requireNonNull(machine);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    machine =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(SharedScriptMachine.class))
            .getOrComputeIfAbsent("machine", _ -> Owned.start(), Owned.class)
            .machine();
  }

  /** With its folder, which goes with it. */
  private record Owned(ScriptMachine machine, Path folder) implements AutoCloseable {
    static Owned start() {
      try {
        Path folder = Files.createTempDirectory("limpet-scripts");
        return new Owned(ScriptMachine.start(folder), folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      machine.close();
      try (Stream<Path> files = Files.walk(folder)) {
        List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        for (Path file : deepestFirst) {
          Files.delete(file);
        }
      }
    }
  }
}
