package dev.limpet.content.unixfs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a node may say about the file, directory or link that it was (UnixFS specification, "Mode"
 * and "Mtime").
 *
 * @param mode permissions, 0 to 07777, or -1 for none
 * @param mtime time of the last change, or null when it is not known
 */
public record UnixFsAttributes(int mode, @Nullable Instant mtime) {
  /** Nothing is said. */
  public static final UnixFsAttributes NONE = new UnixFsAttributes(-1, null);

  private static final int ALL_BITS = 07777;

  /**
   * Checks the permissions.
   *
   * @throws IllegalArgumentException when they are none
   */
  public UnixFsAttributes {
    if (mode < -1 || mode > ALL_BITS) {
      throw new IllegalArgumentException("permissions are 0 to 07777");
    }
  }

  UnixFsData.Metadata metadata() {
    Instant time = mtime;
    return time == null
        ? new UnixFsData.Metadata(mode, 0, -1)
        : new UnixFsData.Metadata(mode, time.getEpochSecond(), time.getNano());
  }
}
