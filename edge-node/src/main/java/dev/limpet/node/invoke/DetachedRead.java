package dev.limpet.node.invoke;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A read of a request's body by a thread of its own. Whoever waits for it can leave it, which who
 * reads a socket itself cannot without closing it. What is left ends with the connection.
 */
final class DetachedRead {
  private DetachedRead() {}

  /** What is read. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws IOException;
  }

  /** Begins it; {@code result} has what was read, or why it was not. */
  static <T> void begin(Reading<T> reading, CompletableFuture<T> result) {
    Thread.ofVirtual()
        .name("limpet-body")
        .start(
            () -> {
              try {
                result.complete(reading.read());
              } catch (IOException | RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            });
  }

  /** Throws what the read has thrown as if it had been done here. */
  static IllegalStateException thrown(ExecutionException e) throws IOException {
    switch (e.getCause()) {
      case IOException broken -> throw broken;
      case RuntimeException fault -> throw fault;
      case Error error -> throw error;
      case null, default -> throw new IllegalStateException("a body could not be read", e);
    }
  }
}
