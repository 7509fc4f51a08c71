package dev.limpet.gateway.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A file of this build that is answered as it is. It is read when it is first asked for, and kept:
 * most gateways are never asked, and both of them took 1.3 MiB of each start.
 */
final class ShippedFile {
  private final String name;
  private volatile @Nullable Buffer content;

  /** The file with this name beside this class. */
  ShippedFile(String name) {
    this.name = name;
  }

  /** All of it. Two who ask first at the same time may both read it. */
  Buffer content() {
    Buffer kept = content;
    if (kept == null) {
      kept = read();
      content = kept;
    }
    return kept;
  }

  private Buffer read() {
    try (InputStream in = ShippedFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in this build");
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
