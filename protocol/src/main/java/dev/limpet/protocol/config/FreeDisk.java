package dev.limpet.protocol.config;

import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps some of the disk free for everything else on the device. Below that, nothing new is
 * written; what is here is read, served and run on as before.
 */
public final class FreeDisk {
  /** Bytes that are written in a row, far from the bound, before the disk is looked at again. */
  public static final long MAX_UNSEEN_BYTES = 1 << 20;

  /** How far that is. */
  private static final long FAR_BYTES = 64 * MAX_UNSEEN_BYTES;

  private final LongSupplier usable;
  private final Rule rule;

  /** What may be written of that before the next look. */
  private final AtomicLong unseen = new AtomicLong();

  /**
   * What is kept free, and what people hear.
   *
   * @param minFree bytes of the disk that stay free
   * @param owner whose disk it is: {@code node} or {@code gateway}
   * @param advice what its owner can do besides making room
   */
  public record Rule(long minFree, String owner, String advice) {}

  /**
   * @param usable bytes that are free now
   */
  public FreeDisk(LongSupplier usable, Rule rule) {
    this.usable = usable;
    this.rule = rule;
  }

  /** The disk that a folder is on. */
  public static FreeDisk of(Path dir, Rule rule) {
    try {
      FileStore disk = Files.getFileStore(dir);
      return new FreeDisk(() -> usable(disk), rule);
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
  public boolean allows(long bytes) {
    return usable.getAsLong() - bytes >= rule.minFree;
  }

  /**
   * Refuses to write the next of many pieces. As long as much is free the disk is not looked at for
   * each: for a small block that would cost as much as to write it.
   *
   * @param bytes what is about to be written
   * @throws LimpetException {@code disk-low} as {@link #require}, at most {@link #MAX_UNSEEN_BYTES}
   *     later
   */
  public void requireNext(long bytes) {
    if (unseen.addAndGet(-bytes) >= 0) {
      return;
    }
    long left = free(bytes) - rule.minFree - bytes;
    unseen.set(left >= FAR_BYTES ? MAX_UNSEEN_BYTES : 0);
  }

  /**
   * Refuses to write.
   *
   * @param bytes what is about to be written
   * @throws LimpetException {@code disk-low} when less than {@code min-free} would be left
   */
  public void require(long bytes) {
    long _ = free(bytes);
  }

  /** How much is free, if so many bytes may be written. */
  private long free(long bytes) {
    long free = usable.getAsLong();
    if (free - bytes < rule.minFree) {
      throw new LimpetException(
          ErrorCode.DISK_LOW,
          "the disk of this "
              + rule.owner
              + " has "
              + ByteSizes.format(free)
              + " free and min-free keeps "
              + ByteSizes.format(rule.minFree)
              + " of it; make room there, or "
              + rule.advice);
    }
    return free;
  }
}
