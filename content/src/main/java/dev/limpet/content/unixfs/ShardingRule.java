package dev.limpet.content.unixfs;

/**
 * When a directory becomes a HAMT, and how wide its shards are.
 *
 * @param measure what is compared with the threshold
 * @param thresholdBytes a directory that is larger becomes a HAMT; at least 1
 * @param maxLinks a directory with more entries becomes a HAMT too; 0 for no such limit
 * @param fanout children of a shard: a power of two from {@value #MIN_FANOUT} to {@value
 *     #MAX_FANOUT}
 */
public record ShardingRule(Measure measure, long thresholdBytes, int maxLinks, int fanout) {
  /** Shards with fewer buckets than this are not read by any implementation. */
  public static final int MIN_FANOUT = 8;

  /** More would let one block ask for a huge table (CVE-2023-23625). */
  public static final int MAX_FANOUT = 1024;

  private static final int USUAL_BYTES = 256 << 10;
  private static final int USUAL_FANOUT = 256;

  /** What is compared with the threshold. */
  public enum Measure {
    /** The exact size of the directory's block. */
    BLOCK,
    /** Bytes of names and of CIDs, nothing else: what was measured before 2025. */
    LINKS,
    /** Nothing: only the number of entries counts. */
    NONE
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is not met, with a sentence
   */
  public ShardingRule {
    if (thresholdBytes < 1) {
      throw new IllegalArgumentException("the threshold of a directory is at least 1 byte");
    }
    if (maxLinks < 0) {
      throw new IllegalArgumentException("the links of a directory are 1 or more, or 0: no limit");
    }
    if (!isFanout(fanout)) {
      throw new IllegalArgumentException(
          "the fan-out of a HAMT is a power of two from " + MIN_FANOUT + " to " + MAX_FANOUT);
    }
  }

  /**
   * The rule that all profiles share but for the measure: above 256 KiB, 256 buckets a shard.
   *
   * @param measure what is compared with 256 KiB
   * @return the rule
   */
  public static ShardingRule usual(Measure measure) {
    return new ShardingRule(measure, USUAL_BYTES, 0, USUAL_FANOUT);
  }

  static boolean isFanout(long fanout) {
    return fanout >= MIN_FANOUT && fanout <= MAX_FANOUT && Long.bitCount(fanout) == 1;
  }

  /**
   * Whether a directory becomes a HAMT; an empty one never does.
   *
   * @param entries how many it has
   * @param bytes what it measures
   */
  boolean shards(int entries, long bytes) {
    boolean large = measure != Measure.NONE && bytes > thresholdBytes;
    return (entries > 0 && large) || (maxLinks > 0 && entries > maxLinks);
  }
}
