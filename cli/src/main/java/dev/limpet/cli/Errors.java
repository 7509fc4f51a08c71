package dev.limpet.cli;

import dev.limpet.cli.terminal.ClosedPipeException;
import dev.limpet.cli.terminal.Escape;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.protocol.LimpetException;
import java.nio.charset.StandardCharsets;

/** How a command fails: one line on standard error, with {@code --json} an object as well. */
final class Errors {
  /** A problem has the last 4 KiB of a log, less the rest of a character; so one was cut. */
  private static final int CUT_BYTES = (4 << 10) - 3;

  private final Terminal terminal;
  private final boolean json;

  Errors(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  int report(Exception exception) {
    return switch (exception) {
      case CliException failure -> known(failure);
      case LimpetException failure ->
          known(new CliException(failure.code(), failure.problem().detail()));
      case ClosedPipeException _ -> ExitCode.DONE.number();
      default -> defect(exception);
    };
  }

  int known(CliException failure) {
    if (failure.log() != null && !failure.log().isBlank()) {
      terminal.note(failure.log().stripTrailing());
      CliException.Ran ran = failure.ran();
      if (ran != null && failure.log().getBytes(StandardCharsets.UTF_8).length >= CUT_BYTES) {
        String execution = Escape.oneLine(ran.execution());
        terminal.note("limpet: 'limpet logs " + execution + "' shows all of this log");
      }
    }
    String detail = Escape.oneLine(failure.detail().replace('\n', ' '));
    terminal.note("limpet: " + detail + " [" + Escape.oneLine(failure.code()) + "]");
    if (json) {
      terminal.json(failure.toJson());
    }
    return failure.exit().number();
  }

  private int defect(Exception exception) {
    if (terminal.environment("LIMPET_DEBUG").equals("1")) {
      exception.printStackTrace();
    }
    CliException failure =
        new CliException(
            ExitCode.INTERNAL,
            "internal",
            "a defect of ours: " + exception + "; LIMPET_DEBUG=1 shows where, please report it");
    return known(failure);
  }
}
