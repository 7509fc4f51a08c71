package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.client.StreamedAnswer;
import dev.limpet.cli.terminal.ClosedPipeException;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Map;

/** The answer of a function on its way to standard output. */
final class PrintedAnswer {
  private static final int BUFFER_BYTES = 64 << 10;

  private static final int FIRST_ERROR = 400;

  private final Terminal terminal;
  private final boolean showHeaders;

  /**
   * @param showHeaders whether standard error gets what the call did: where it ran, what travelled
   */
  PrintedAnswer(Terminal terminal, boolean showHeaders) {
    this.terminal = terminal;
    this.showHeaders = showHeaders;
  }

  /**
   * Copies all of it as it comes.
   *
   * @return the exit code
   * @throws CliException {@code answer-cut} when it broke off, {@code http-status} when a function
   *     that speaks HTTP said itself that it failed
   */
  int print(StreamedAnswer response) {
    show(response.headers());
    long copied = 0;
    OutputStream out = terminal.out();
    try (InputStream answer = response.body()) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = answer.read(buffer); read >= 0; read = answer.read(buffer)) {
        out.write(buffer, 0, read);
        copied += read;
      }
      out.flush();
      show(response.trailers());
      return end(response.status());
    } catch (ClosedPipeException e) {
      throw e;
    } catch (IOException e) {
      String execution = response.header("limpet-execution");
      throw new CliException(
          ErrorCode.ANSWER_CUT,
          "the answer broke off after "
              + copied
              + " bytes"
              + (execution.isEmpty() ? "" : "; 'limpet why " + execution + "' says why"));
    }
  }

  private void show(Iterable<Map.Entry<String, String>> lines) {
    if (!showHeaders) {
      return;
    }
    for (Map.Entry<String, String> line : lines) {
      String name = line.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith("limpet-") || name.equals("server-timing") || name.equals("etag")) {
        terminal.note(name + ": " + line.getValue());
      }
    }
  }

  private static int end(int status) {
    if (status >= FIRST_ERROR) {
      throw new CliException(
          ExitCode.FUNCTION_FAILED, "http-status", "the function answered " + status);
    }
    return ExitCode.DONE.number();
  }
}
