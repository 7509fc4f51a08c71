package dev.limpet.cli;

import dev.limpet.cli.command.LimpetCommand;
import dev.limpet.cli.terminal.ClosedPipeException;
import dev.limpet.cli.terminal.Terminal;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** The {@code limpet} command. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(Terminal.system(), arguments));
  }

  /**
   * Runs one command in this JVM.
   *
   * @return the number for {@link System#exit}, see {@link ExitCode}
   */
  public static int run(Terminal terminal, String... arguments) {
    try (Session session = new Session(terminal)) {
      Errors errors = new Errors(terminal, Arrays.asList(arguments).contains("--json"));
      CommandLine line = new CommandLine(LimpetCommand.class, new CommandFactory(session));
      line.setOut(errors.printer());
      line.setErr(errors.printer());
      // Plain help everywhere: NO_COLOR holds without being asked, and pipes get no codes.
      line.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
      line.setCaseInsensitiveEnumValuesAllowed(true);
      line.setParameterExceptionHandler((exception, _) -> errors.wrongUsage(exception));
      line.setExecutionExceptionHandler((exception, _, _) -> errors.report(exception));
      return line.execute(arguments);
    } catch (ClosedPipeException e) {
      return ExitCode.DONE.number();
    }
  }
}
