package dev.limpet.wasmhost;

import dev.limpet.wasmhost.data.DataMount;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Data and where the guest sees it.
 *
 * @param path absolute, one segment, such as {@code /data} or {@code /data1}
 * @param data read-only
 */
public record Mount(String path, DataMount data) {

  private static final Pattern PATH = Pattern.compile("/data[0-9]{0,3}");

  /** Checks the path. */
  public Mount {
    Objects.requireNonNull(data);
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("a mount is /data, /data1, ..., not " + path);
    }
  }
}
