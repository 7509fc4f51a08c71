package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose process has come to the end of its memory. */
@Timeout(60)
final class SickNodeTest {

  @Test
  void a_node_out_of_memory_ends_in_order_and_wants_to_be_started_again(@TempDir Path folder)
      throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SickNodeMain.class.getName(),
                "node",
                "--listen",
                "127.0.0.1:0",
                "--dir",
                folder.resolve("node").toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      assertNotNull(lineWith(lines, "ready http"));
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      assertNotNull(lineWith(lines, "this process is sick"));
      assertEquals(ExitCode.SICK.number(), process.waitFor());
    } finally {
      assertTrue(process.destroyForcibly().waitFor() >= 0);
    }
  }

  private static String lineWith(BufferedReader lines, String words) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.contains(words)) {
      line = lines.readLine();
    }
    return line;
  }
}
