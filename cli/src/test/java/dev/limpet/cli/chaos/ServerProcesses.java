package dev.limpet.cli.chaos;

import dev.limpet.cli.Main;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Each server in a small JVM of its own, as the commands {@code gateway} and {@code node} start it,
 * to be killed. They end when this process does: their standard input ends then.
 *
 * @param log gets what they log
 */
record ServerProcesses(File log) implements Servers {
  private static final String READY = "ready ";

  @Override
  public Running gateway(List<String> settings) {
    return start("gateway", "-Xmx128m", settings);
  }

  @Override
  public Running node(List<String> settings) {
    return start("node", "-Xmx160m", settings);
  }

  private Running start(String role, String heap, List<String> settings) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-DontCompileHugeMethods",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                role,
                "--supervised"));
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    try {
      Process process = new ProcessBuilder(command).redirectError(Redirect.appendTo(log)).start();
      return new Child(process, ready(process));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private URI ready(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(READY)) {
        return URI.create(line.substring(READY.length()).strip());
      }
    }
    throw new AssertionError("a server did not start; it says why in " + log);
  }

  private record Child(Process process, URI url) implements Running {
    /** As {@code kill -9}. */
    @Override
    public void end() {
      try {
        process.destroyForcibly().waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a server ends", e);
      }
    }
  }
}
