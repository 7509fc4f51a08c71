package dev.limpet.runtimes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A WebAssembly module that comes with the product, so that a function can be a text and no module
 * of its own. It is built from the sources in the folder of its name, and runs in the same sandbox
 * as what users bring.
 */
public enum ShippedModule {
  /** quickjs-ng: runs a script, an ES module or a folder of them, as an {@code http} function. */
  JAVASCRIPT("javascript"),
  /** SQLite: answers a question in SQL over its data, as a {@code command} or {@code http}. */
  SQL("sql");

  private final String id;

  ShippedModule(String id) {
    this.id = id;
  }

  /** Its name, as {@code module} of a {@code limpet.json} says it. */
  public String id() {
    return id;
  }

  /** The one of that name. */
  public static Optional<ShippedModule> named(String id) {
    return Arrays.stream(values()).filter(one -> one.id.equals(id)).findFirst();
  }

  /** The module, read anew each time. */
  public byte[] bytes() {
    return read(id + "/" + id + ".wasm");
  }

  /** Whose code is in it, and under which licences. */
  public String notice() {
    return new String(read(id + "/NOTICE"), StandardCharsets.UTF_8);
  }

  private static byte[] read(String name) {
    try (InputStream in = ShippedModule.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in this build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
