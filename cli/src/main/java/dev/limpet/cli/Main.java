package dev.limpet.cli;

import dev.limpet.cli.command.PlainServer;
import dev.limpet.cli.terminal.ClosedPipeException;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.protocol.Release;
import java.util.Arrays;
import java.util.concurrent.Callable;

/** The {@code limpet} command. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(Terminal.system(), arguments));
  }

  /**
   * Runs one command in this JVM. The version and the start of a server need no model of all the
   * commands, and do not pay for it.
   *
   * @return the number for {@link System#exit}, see {@link ExitCode}
   */
  public static int run(Terminal terminal, String... arguments) {
    try (Session session = new Session(terminal)) {
      if (asksForVersion(arguments)) {
        terminal.line("limpet " + Release.VERSION);
        return ExitCode.DONE.number();
      }
      Errors errors = new Errors(terminal, Arrays.asList(arguments).contains("--json"));
      Callable<Integer> server = PlainServer.of(session, arguments);
      return server == null
          ? new CommandModel(session, errors).run(arguments)
          : serve(server, errors);
    } catch (ClosedPipeException e) {
      return ExitCode.DONE.number();
    }
  }

  private static int serve(Callable<Integer> server, Errors errors) {
    try {
      return server.call();
    } catch (Exception e) { // what a command throws goes to the same place
      return errors.report(e);
    }
  }

  private static boolean asksForVersion(String... arguments) {
    return arguments.length == 1 && (arguments[0].equals("--version") || arguments[0].equals("-V"));
  }
}
