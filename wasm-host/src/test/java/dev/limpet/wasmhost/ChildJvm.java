package dev.limpet.wasmhost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class of the tests in a JVM of its own, for flags that matter. */
public final class ChildJvm {

  private ChildJvm() {}

  /**
   * What it printed.
   *
   * @param exitCode of the process
   * @param output on both streams
   */
  public record Printed(int exitCode, String output) {}

  /** Runs to the end. */
  public static Printed run(List<String> flags, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return run(java, flags, main, arguments);
  }

  /** As above, with that executable. */
  public static Printed run(Path java, List<String> flags, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(flags);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Printed(process.waitFor(), output);
  }
}
