package dev.limpet.protocol.tlog;

/** Port: where the hashes of complete subtrees are read. */
public interface HashSource {
  /**
   * The root of a complete subtree.
   *
   * @param level its height, 0 for a leaf; it has 2^level leaves
   * @param index its place among those of its level
   * @throws java.io.UncheckedIOException when it cannot be read
   */
  TreeHash subtree(int level, long index);
}
