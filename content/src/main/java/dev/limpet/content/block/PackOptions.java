package dev.limpet.content.block;

/**
 * How a {@link PackBlockstore} uses its folder.
 *
 * @param quotaBytes how much of the disk the store may use: segments with all their overhead and
 *     their index files; at least 1
 * @param segmentBytes when a segment is full, {@value #MIN_SEGMENT_BYTES} to {@value
 *     #MAX_SEGMENT_BYTES}; one block always fits. Space comes back by segment, so smaller ones give
 *     it back sooner and cost a file descriptor each; a cache takes an eighth of its quota if that
 *     is less, so that it never forgets everything at once
 * @param evictOldest true for a cache: a block that does not fit pushes the oldest segments out;
 *     false: it is refused
 */
public record PackOptions(long quotaBytes, long segmentBytes, boolean evictOldest) {
  /** One small block; only tests want segments this small. */
  public static final long MIN_SEGMENT_BYTES = 1 << 10;

  /** Offsets are stored as positive ints, with room for one more block behind the mark. */
  public static final long MAX_SEGMENT_BYTES = 1 << 30;

  /** Scanned in about a second on a small device when the process was killed. */
  public static final long DEFAULT_SEGMENT_BYTES = 256 << 20;

  /** So that a store of one TiB has some thousand files, and one of any size not too many. */
  private static final int MOST_SEGMENTS = 1 << 15;

  /** So that a small store gives space back in small parts. */
  private static final int LEAST_SEGMENTS = 16;

  private static final long SMALL_SEGMENT_BYTES = 64 << 10;

  /** A cache that loses an eighth of its blocks at a time still has most of what is hot. */
  private static final int CACHE_SEGMENTS = 8;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is out of range, naming it
   */
  public PackOptions {
    if (quotaBytes < 1) {
      throw new IllegalArgumentException("quotaBytes must be at least 1, not " + quotaBytes);
    }
    if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "segmentBytes must be %d to %d, not %d"
              .formatted(MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES, segmentBytes));
    }
    if (evictOldest) {
      long part = Math.max(MIN_SEGMENT_BYTES, quotaBytes / CACHE_SEGMENTS);
      segmentBytes = Math.min(segmentBytes, part);
    }
  }

  /** What puts leave of the quota, so that segments that are mostly dead can be rewritten. */
  long reserveBytes() {
    return evictOldest ? 0 : Math.min(segmentBytes / 2, quotaBytes / (2 * LEAST_SEGMENTS));
  }

  /**
   * A store that refuses what does not fit.
   *
   * @param quotaBytes how much of the disk it may use
   * @return the options
   */
  public static PackOptions store(long quotaBytes) {
    long part = Math.max(SMALL_SEGMENT_BYTES, quotaBytes / LEAST_SEGMENTS);
    long bytes = Math.max(Math.min(DEFAULT_SEGMENT_BYTES, part), quotaBytes / MOST_SEGMENTS);
    return new PackOptions(quotaBytes, Math.min(bytes, MAX_SEGMENT_BYTES), false);
  }

  /**
   * A cache that forgets the oldest.
   *
   * @param quotaBytes how much of the disk it may use
   * @return the options
   */
  public static PackOptions cache(long quotaBytes) {
    return new PackOptions(quotaBytes, DEFAULT_SEGMENT_BYTES, true);
  }
}
