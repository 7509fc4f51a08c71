package dev.limpet.cli;

import dev.limpet.cli.terminal.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * Loads the classes that commands use, so that the JVM can archive them at its exit: {@code
 * ./limpet} runs this once after each build, since half of a command's time is loading classes.
 */
public final class ClassArchive {
  /** Nothing listens there, so the commands come as far as a connection and no farther. */
  private static final String NOBODY = "--gateway=http://127.0.0.1:9";

  private ClassArchive() {}

  /** Runs a command of each kind, and says nothing. */
  public static void main(String[] arguments) {
    run("status", NOBODY);
    run("call", "none", NOBODY);
    System.exit(ExitCode.DONE.number());
  }

  private static void run(String... command) {
    Terminal terminal =
        new Terminal(
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            InputStream.nullInputStream(),
            Map.of());
    int exit = Main.run(terminal, command);
    if (exit != ExitCode.NOT_REACHABLE.number()) {
      throw new IllegalStateException(command[0] + " came to " + exit);
    }
  }
}
