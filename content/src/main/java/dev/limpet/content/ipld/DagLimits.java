package dev.limpet.content.ipld;

/**
 * How far a walk goes before it gives up.
 *
 * @param blocks different blocks; each takes some 30 bytes of memory while the walk lasts
 * @param depth links from the root to a block
 */
public record DagLimits(long blocks, int depth) {
  /** 1.5 TiB of files in blocks of 1 MiB, 375 GiB in blocks of 256 KiB; 32 MiB of memory. */
  public static final long MAX_WALK_BLOCKS = 1_500_000;

  /** A directory tree of 256 levels, each a HAMT of some levels, with a file below. */
  public static final int MAX_WALK_DEPTH = 1024;

  /**
   * Links that a walk has read and not yet followed; some 110 bytes each. A tree of real
   * directories has a few thousand on each of its levels.
   */
  public static final int MAX_PENDING_LINKS = 1 << 18;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is less than 1
   */
  public DagLimits {
    if (blocks < 1 || depth < 1) {
      throw new IllegalArgumentException("limits of a walk are at least 1");
    }
  }

  /**
   * What nodes use.
   *
   * @return the limits
   */
  public static DagLimits standard() {
    return new DagLimits(MAX_WALK_BLOCKS, MAX_WALK_DEPTH);
  }
}
