package dev.limpet.cli.terminal;

import io.avaje.jsonb.Jsonb;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Standard output for answers, standard error for everything else.
 *
 * <p>Names and logs come from strangers: {@link #line} and {@link #note} escape control characters,
 * so that no guest can paint over a terminal. {@link #out} gives the raw stream for data.
 */
public final class Terminal {
  /** Made when the first value is written: most commands write none. */
  private static final class Json {
    static final Jsonb VALUES = Jsonb.builder().build();
  }

  private final OutputStream out;
  private final PrintStream err;
  private final InputStream in;
  private final Map<String, String> environment;

  /** A terminal over the given streams; tests give their own. */
  public Terminal(
      OutputStream out, OutputStream err, InputStream in, Map<String, String> environment) {
    this.out = out;
    this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    this.in = in;
    this.environment = Map.copyOf(environment);
  }

  /** The process's own streams and environment. */
  public static Terminal system() {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    OutputStream err = new FileOutputStream(FileDescriptor.err);
    return new Terminal(out, err, System.in, System.getenv());
  }

  /** An environment variable, or the empty string. */
  public String environment(String name) {
    return environment.getOrDefault(name, "");
  }

  /** Standard input. */
  public InputStream in() {
    return in;
  }

  /** One line of text on standard output, control characters escaped. */
  public void line(String text) {
    write((Escape.controls(text) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** One JSON value as a line on standard output. */
  public void json(Object value) {
    write((Json.VALUES.type(Object.class).toJson(value) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** One JSON value as a line on standard error, where standard output has the answer. */
  public void jsonNote(Object value) {
    err.println(Json.VALUES.type(Object.class).toJson(value));
  }

  /** One line on standard error, control characters escaped. */
  public void note(String text) {
    err.println(Escape.controls(text));
  }

  /** Text with terminal codes of our own on standard error, as a progress bar needs. */
  void paint(String text) {
    err.print(text);
    err.flush();
  }

  /** Whether standard error is watched by a person: {@code ./limpet} asks the shell and says so. */
  public boolean isWatched() {
    return environment("LIMPET_STDERR_TTY").equals("1") && !environment("TERM").equals("dumb");
  }

  /** Whether standard output is watched by a person, in the same way. */
  public boolean isAnswerWatched() {
    return environment("LIMPET_STDOUT_TTY").equals("1");
  }

  /** Raw bytes to standard output; a reader that went away ends in {@link ClosedPipeException}. */
  public OutputStream out() {
    return new OutputStream() {
      @Override
      public void write(int octet) {
        Terminal.this.write(new byte[] {(byte) octet});
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        try {
          out.write(bytes, offset, length);
        } catch (IOException e) {
          throw new ClosedPipeException(e);
        }
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }
    };
  }

  private void write(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new ClosedPipeException(e);
    }
  }
}
