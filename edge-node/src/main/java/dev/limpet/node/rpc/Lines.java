package dev.limpet.node.rpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** Lets what is visited by callbacks be written to an answer. */
final class Lines {
  private Lines() {}

  /** Writes something, which may fail as the caller goes. */
  interface Writing<T> {
    void write(T value) throws IOException;
  }

  /** Runs a visit of many things, each of which is written. */
  static <T> void each(Consumer<Consumer<T>> visit, Writing<T> writing) throws IOException {
    try {
      visit.accept(of(writing));
    } catch (UncheckedIOException e) {
      throw new IOException("the answer could not be written on", e);
    }
  }

  /**
   * What writes, for callbacks that throw nothing; a failure is an {@link UncheckedIOException}.
   */
  static <T> Consumer<T> of(Writing<T> writing) {
    return value -> {
      try {
        writing.write(value);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
