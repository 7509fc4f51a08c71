package dev.limpet.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** Programs that a test needs and a machine may lack. */
final class InstalledProgram {
  private InstalledProgram() {}

  /** Whether a program of this name is found where programs are looked for. */
  static boolean isThere(String name) {
    return find(name).isPresent();
  }

  /** Where the program of this name is that would be started; empty without one. */
  static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The Python that has what others read receipts with, as {@code .ci/readers} makes it. */
  static String readersPython() {
    return Objects.requireNonNullElse(System.getenv("LIMPET_PLAYWRIGHT_PYTHON"), "python3");
  }

  /** Where the system property {@code property} says, or where peers of that name are built. */
  static Path peer(String property, String name) {
    String cache =
        Objects.requireNonNullElse(
            System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home") + "/.cache");
    String peers = System.getenv("LIMPET_PEERS");
    Path folder = peers == null ? Path.of(cache, "limpet", "peers") : Path.of(peers);
    return Path.of(System.getProperty(property, folder.resolve(name).toString()));
  }
}
