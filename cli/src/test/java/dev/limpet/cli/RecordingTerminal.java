package dev.limpet.cli;

import dev.limpet.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A terminal whose streams a test reads. */
public final class RecordingTerminal {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Terminal terminal;

  /** With these environment variables and nothing on standard input. */
  public RecordingTerminal(Map<String, String> environment) {
    this(environment, new byte[0]);
  }

  /** With these environment variables and bytes on standard input. */
  public RecordingTerminal(Map<String, String> environment, byte[] input) {
    this(environment, new ByteArrayInputStream(input));
  }

  /** With these environment variables and a stream as standard input. */
  public RecordingTerminal(Map<String, String> environment, InputStream input) {
    this.terminal = new Terminal(out, err, input, environment);
  }

  /** With an empty environment. */
  public RecordingTerminal() {
    this(Map.of());
  }

  /** What the command is given. */
  public Terminal terminal() {
    return terminal;
  }

  /** Standard output so far. */
  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Standard error so far. */
  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Runs a command. */
  public int run(String... arguments) {
    return Main.run(terminal, arguments);
  }
}
