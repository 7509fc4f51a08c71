package dev.limpet.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tests of {@code benchmarks/compare}, which is Python, as part of the build. */
class PeersTest {
  private static final String PYTHON = "python3";

  /** Surefire and an editor start tests in the module's folder or in the repository's. */
  private static Path benchmarks() {
    Path here = Path.of("").toAbsolutePath();
    Path below = here.resolve("benchmarks");
    return Files.isDirectory(below.resolve("peers")) ? below : here;
  }

  @Test
  @Tag("long")
  void what_stands_between_a_measurement_and_the_page_is_tested()
      throws IOException, InterruptedException {
    if (!isInstalled()) {
      System.out.println("NOT TESTED: benchmarks/compare and its page, since there is no python3");
    }
    assumeTrue(isInstalled(), "python3 is not installed: install it to run benchmarks/compare");
    Process tests =
        new ProcessBuilder(
                PYTHON, "-B", "-m", "unittest", "discover", "--start-directory", "peers", "-t", ".")
            .directory(benchmarks().toFile())
            .redirectErrorStream(true)
            .start();
    String printed = new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, tests.waitFor(), printed);
    assertTrue(printed.contains("\nOK") && !printed.contains("Ran 0 tests"), printed);
  }

  private static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, PYTHON)));
  }
}
