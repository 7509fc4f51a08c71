package dev.limpet.cli;

import dev.limpet.cli.command.LimpetCommand;
import dev.limpet.cli.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads a command line with picocli's model of the commands, and runs it. */
final class CommandModel {
  private final Session session;
  private final Terminal terminal;
  private final Errors errors;

  CommandModel(Session session, Errors errors) {
    this.session = session;
    this.terminal = session.terminal();
    this.errors = errors;
  }

  int run(String... arguments) {
    Class<?> alone = arguments.length == 0 ? null : LimpetCommand.alone(arguments[0]);
    CommandFactory factory = new CommandFactory(session);
    if (alone == null) {
      return execute(new CommandLine(LimpetCommand.class, factory), arguments);
    }
    CommandLine line = new CommandLine(alone, factory);
    line.setCommandName("limpet " + line.getCommandName());
    return execute(line, Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private int execute(CommandLine line, String... arguments) {
    line.setOut(printer());
    line.setErr(printer());
    // Plain help everywhere: NO_COLOR holds without being asked, and pipes get no codes.
    line.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((exception, _) -> wrongUsage(exception));
    line.setExecutionExceptionHandler((exception, _, _) -> errors.report(exception));
    return line.execute(arguments);
  }

  private int wrongUsage(ParameterException exception) {
    CommandLine line = exception.getCommandLine();
    String help = "; see '" + line.getCommandSpec().qualifiedName() + " --help'";
    List<String> near =
        exception instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    String meant = near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
    return errors.known(CliException.usage(exception.getMessage() + meant + help));
  }

  /** Where picocli prints help: standard output. */
  private PrintWriter printer() {
    Writer writer =
        new Writer() {
          @Override
          public void write(char[] characters, int offset, int length) {
            byte[] bytes = new String(characters, offset, length).getBytes(StandardCharsets.UTF_8);
            try {
              terminal.out().write(bytes);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    return new PrintWriter(writer, true);
  }
}
