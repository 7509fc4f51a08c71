package dev.limpet.node.store;

import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Keeps some of the disk free for everything else on the device. Below that, nothing new is
 * written; what is here is read, served and run on as before.
 */
final class FreeDisk {
  private final LongSupplier usable;
  private final long minFree;

  FreeDisk(LongSupplier usable, long minFree) {
    this.usable = usable;
    this.minFree = minFree;
  }

  /** The disk that a folder is on. */
  static FreeDisk of(Path dir, long minFree) {
    try {
      FileStore disk = Files.getFileStore(dir);
      return new FreeDisk(() -> usable(disk), minFree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long usable(FileStore disk) {
    try {
      return disk.getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether so many bytes may be written. */
  boolean allows(long bytes) {
    return usable.getAsLong() - bytes >= minFree;
  }

  /**
   * Refuses to write.
   *
   * @param bytes what is about to be written
   * @throws LimpetException {@code disk-low} when less than {@code min-free} would be left
   */
  void require(long bytes) {
    long free = usable.getAsLong();
    if (free - bytes < minFree) {
      throw new LimpetException(
          ErrorCode.DISK_LOW,
          "the disk of this node has "
              + ByteSizes.format(free)
              + " free and min-free keeps "
              + ByteSizes.format(minFree)
              + " of it; make room there, or unpin data");
    }
  }
}
