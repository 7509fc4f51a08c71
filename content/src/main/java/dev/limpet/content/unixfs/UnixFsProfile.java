package dev.limpet.content.unixfs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What decides which CID given bytes get (IPIP-499): a published profile, or one with parameters
 * changed. What is taken of a directory tree is said by {@link ImportOptions}.
 *
 * @param cidVersion 0 or 1; leaves that are raw have version 1 always
 * @param rawLeaves whether a leaf is the bytes alone, else a UnixFS node around them
 * @param chunker where a file is cut into leaves
 * @param layout how the tree over them is built
 * @param sharding when a directory becomes a HAMT
 */
public record UnixFsProfile(
    int cidVersion, boolean rawLeaves, Chunker chunker, FileLayout layout, ShardingRule sharding) {
  /** {@code unixfs-v1-2025}: CIDv1, raw leaves of 1 MiB, 1024 links a node, blocks measured. */
  public static final UnixFsProfile V1_2025 =
      published(1, 1 << 20, 1024, ShardingRule.Measure.BLOCK);

  /** {@code unixfs-v0-2015}: CIDv0, leaves of 256 KiB in nodes, 174 links a node. */
  public static final UnixFsProfile V0_2015 =
      published(0, 256 << 10, 174, ShardingRule.Measure.LINKS);

  /** {@code kubo-cidv1}: what Kubo does when only CIDv1 is asked for. */
  public static final UnixFsProfile KUBO_CIDV1 =
      published(1, 256 << 10, 174, ShardingRule.Measure.LINKS);

  private static final Map<String, UnixFsProfile> NAMED = new LinkedHashMap<>();

  static {
    NAMED.put("unixfs-v1-2025", V1_2025);
    NAMED.put("unixfs-v0-2015", V0_2015);
    NAMED.put("kubo-cidv1", KUBO_CIDV1);
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is not met, with a sentence
   */
  public UnixFsProfile {
    if (cidVersion != 0 && cidVersion != 1) {
      throw new IllegalArgumentException("the version of a CID is 0 or 1");
    }
  }

  private static UnixFsProfile published(
      int version, int chunkBytes, int width, ShardingRule.Measure measure) {
    return new UnixFsProfile(
        version,
        version == 1,
        new FixedSize(chunkBytes),
        FileLayout.balanced(width),
        ShardingRule.usual(measure));
  }

  /**
   * A published profile.
   *
   * @param name for example {@code unixfs-v1-2025}
   * @return the profile, or null when none has this name
   */
  public static @Nullable UnixFsProfile named(String name) {
    return NAMED.get(name);
  }

  /**
   * The names that {@link #named} knows.
   *
   * @return the default first
   */
  public static Set<String> names() {
    return Collections.unmodifiableSet(NAMED.keySet());
  }

  /**
   * With leaves that are UnixFS nodes: what files with a mode or time need.
   *
   * @return changed parameters
   */
  public UnixFsProfile withoutRawLeaves() {
    return new UnixFsProfile(cidVersion, false, chunker, layout, sharding);
  }
}
