package dev.limpet.cli.terminal;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The reader of our standard output went away, as {@code head} does: a reason to stop, silently.
 */
public final class ClosedPipeException extends UncheckedIOException {
  ClosedPipeException(IOException cause) {
    super(cause);
  }
}
