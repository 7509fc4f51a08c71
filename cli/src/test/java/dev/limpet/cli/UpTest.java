package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code limpet up} as a process, as a service manager sees it. */
class UpTest {
  private static final int PATIENCE_SECONDS = 120;

  @TempDir private Path directory = Path.of("");

  @Test
  @Tag("nightly")
  void a_machine_that_is_told_to_stop_ends_with_0() throws Exception {
    Process up = start();
    try (BufferedReader out = up.inputReader()) {
      String line = out.readLine();
      assertTrue(line.startsWith("ready http://127.0.0.1:"), line);
      up.destroy();
      assertTrue(up.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
      assertEquals(0, up.exitValue());
    } finally {
      up.destroyForcibly();
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.limpet.cli.Main",
            "up",
            "--nodes",
            "1",
            "--listen",
            "127.0.0.1:0",
            "--dir",
            directory.toString())
        .redirectError(Redirect.DISCARD)
        .start();
  }
}
