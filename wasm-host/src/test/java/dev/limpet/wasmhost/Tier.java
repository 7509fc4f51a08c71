package dev.limpet.wasmhost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Ways in which a JVM may run the code of guests, each all the time. */
public enum Tier {
  /** The interpreter of the JVM. */
  INTERPRETER("-Xint"),
  /** The first compiler, without profiles. */
  C1("-Xcomp -XX:TieredStopAtLevel=1"),
  /** The second compiler, which has seen nothing run. */
  C2("-Xcomp -XX:-TieredCompilation"),
  /** Whatever the JVM for the processor aarch64 does, with both compilers in turn. */
  AARCH64(""),
  /** The second compiler for aarch64. */
  AARCH64_C2("-Xcomp -XX:-TieredCompilation");

  /** Set to the folder that {@code .ci/aarch64} prints, in which {@code java} is. */
  public static final String AARCH64_FOLDER = "LIMPET_AARCH64";

  /**
   * Only what guests run on, and the hashes that their code is checked by, is compiled at once, or
   * a JVM takes minutes to start.
   */
  private static final List<String> GUESTS_ONLY =
      Stream.of(
              "dev.limpet.guest.*",
              "dev.limpet.wasmhost.engine.*",
              "run.endive.runtime.*",
              "sun.security.provider.*")
          .map(classes -> "-XX:CompileCommand=compileonly," + classes + "::*")
          .toList();

  private static final List<String> USUAL =
      List.of(
          "-XX:CompileCommand=quiet",
          "-XX:+UseSerialGC",
          "-Xmx512m",
          "-XX:-DontCompileHugeMethods",
          "--enable-native-access=ALL-UNNAMED");

  /** Between spaces. */
  private final String flags;

  Tier(String flags) {
    this.flags = flags;
  }

  /** Runs a main class in such a JVM, to its end. */
  public ChildJvm.Printed run(Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> own = flags.isEmpty() ? List.of() : List.of(flags.split(" ", -1));
    List<String> guests = own.contains("-Xcomp") ? GUESTS_ONLY : List.of();
    List<String> all = Stream.of(USUAL, own, guests).flatMap(List::stream).toList();
    return name().startsWith("AARCH64")
        ? ChildJvm.run(aarch64(), all, main, arguments)
        : ChildJvm.run(all, main, arguments);
  }

  private static Path aarch64() {
    String folder = System.getenv(AARCH64_FOLDER);
    if (folder == null) {
      throw new IllegalStateException(
          "set " + AARCH64_FOLDER + " to the folder that .ci/aarch64 prints");
    }
    return Path.of(folder, "java");
  }
}
