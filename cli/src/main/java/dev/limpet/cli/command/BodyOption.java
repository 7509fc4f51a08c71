package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.StreamClient.Body;
import dev.limpet.cli.terminal.Terminal;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The body of a request. Without the option nothing is read. */
final class BodyOption {
  private static final Path STANDARD_INPUT = Path.of("-");

  @Option(
      names = "--body",
      paramLabel = "FILE|-",
      description = "The request body; - reads standard input.")
  private Path file = Path.of("");

  boolean isGiven() {
    return !file.toString().isEmpty();
  }

  /** Whether it can be sent more than once. */
  boolean isRepeatable() {
    return !isGiven() || isFile();
  }

  /** A pipe or a device is none, whatever its name says. */
  private boolean isFile() {
    return !file.equals(STANDARD_INPUT) && Files.isRegularFile(file);
  }

  /**
   * Opens it; closing it leaves standard input open, which is the process's.
   *
   * @throws CliException (wrong usage) when it cannot be read
   */
  InputStream open(Terminal terminal) {
    if (file.equals(STANDARD_INPUT)) {
      return new FilterInputStream(terminal.in()) {
        @Override
        public void close() {}
      };
    }
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw CliException.usage("no file " + file);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Its bytes, or -1 when it has no length. */
  long length() throws IOException {
    return isFile() ? Files.size(file) : -1;
  }

  /**
   * What {@code call} answers that sends it, or sends none.
   *
   * @throws CliException (wrong usage) when it cannot be read
   */
  <T> T sent(Terminal terminal, Function<@Nullable Body, T> call) {
    if (!isGiven()) {
      return call.apply(null);
    }
    try (InputStream in = open(terminal)) {
      return call.apply(new Body(in, length()));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** What a failed read becomes. */
  CliException unreadable(IOException cause) {
    return CliException.usage("cannot read " + file + ": " + cause.getMessage());
  }
}
