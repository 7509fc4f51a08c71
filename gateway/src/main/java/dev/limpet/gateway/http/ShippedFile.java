package dev.limpet.gateway.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files of this build that are answered as they are. */
final class ShippedFile {
  private ShippedFile() {}

  /** All of the file with this name beside this class. */
  static Buffer read(String name) {
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
