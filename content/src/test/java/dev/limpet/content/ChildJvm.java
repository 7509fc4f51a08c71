package dev.limpet.content;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Starts a main class of the tests in a JVM of its own, for flags that matter and for killing. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Both streams of the process come on its standard output. */
  public static Process start(List<String> flags, Class<?> main, List<String> arguments)
      throws IOException {
    return new ProcessBuilder(command(flags, main, arguments)).redirectErrorStream(true).start();
  }

  /** For who starts it in another way, in whatever directory. */
  public static List<String> command(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(
        absolute(
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }

  private static String absolute(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator))
        .map(part -> Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
