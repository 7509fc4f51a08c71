package dev.limpet.gateway.log;

import io.vertx.core.streams.WriteStream;

/**
 * Waits until a stream takes more. Vert.x runs a handler each time that its queue was full and no
 * longer is: one that stays there would run again while what it began is still under way.
 */
final class Drain {
  private Drain() {}

  /** Runs this once: at once when the stream takes more, else as soon as it does. */
  static void of(WriteStream<?> stream, Runnable then) {
    if (!stream.writeQueueFull()) {
      then.run();
      return;
    }
    stream.drainHandler(
        _ -> {
          stream.drainHandler(null);
          then.run();
        });
  }
}
