package dev.limpet.protocol.tlog;

import org.jspecify.annotations.Nullable;

/**
 * The right edge of a growing tree: the roots of its complete subtrees, one for each bit of its
 * size. With it leaves are added and the root is found without reading anything back. The roots lie
 * in one array, and what a leaf makes is written there: nothing is allocated for a leaf.
 */
public final class Frontier {
  /** Sizes are below 2^63, so there are not more levels. */
  static final int MAX_TREE_LEVELS = 63;

  /** The root of the complete subtree of each level; counts where the size has the level's bit. */
  private final byte[] edges = new byte[MAX_TREE_LEVELS * TreeHash.BYTES];

  private final byte[] grown = new byte[TreeHash.BYTES];
  private final byte[] pair = new byte[2 * TreeHash.BYTES];
  private final Completed completed;
  private long size;

  /** Hears of subtrees that will never change. */
  public interface Completed {
    /**
     * A subtree is complete.
     *
     * @param level 0 for a leaf
     * @param hash its root, {@value TreeHash#BYTES} bytes in an array that is used again: to be
     *     copied, and not to be changed
     */
    void subtree(int level, byte[] hash);
  }

  /** The edge of an empty tree. */
  public Frontier(Completed completed) {
    this.completed = completed;
  }

  /**
   * The edge of a tree that is stored.
   *
   * @param size of the tree
   * @param source has its hashes
   */
  public Frontier(long size, HashSource source, Completed completed) {
    this(completed);
    this.size = size;
    long from = 0;
    for (int level = MAX_TREE_LEVELS - 1; level >= 0; level--) {
      if (has(level)) {
        source.subtree(level, from >>> level).write(edges, level * TreeHash.BYTES);
        from += 1L << level;
      }
    }
  }

  private boolean has(int level) {
    return (size >>> level & 1) == 1;
  }

  /** Adds a leaf. */
  public void add(TreeHash leaf) {
    leaf.write(grown, 0);
    grow();
  }

  /** Adds the leaf of an entry that is a part of an array. */
  public void add(byte[] bytes, int offset, int length) {
    TreeHash.leaf(bytes, offset, length, grown);
    grow();
  }

  private void grow() {
    long grownSize = Math.incrementExact(size);
    int level = 0;
    completed.subtree(0, grown);
    while (has(level)) {
      System.arraycopy(edges, level * TreeHash.BYTES, pair, 0, TreeHash.BYTES);
      System.arraycopy(grown, 0, pair, TreeHash.BYTES, TreeHash.BYTES);
      TreeHash.node(pair, grown);
      level++;
      completed.subtree(level, grown);
    }
    System.arraycopy(grown, 0, edges, level * TreeHash.BYTES, TreeHash.BYTES);
    size = grownSize;
  }

  /** Leaves so far. */
  public long size() {
    return size;
  }

  /** The root over them. */
  public TreeHash root() {
    TreeHash root = null;
    for (int level = 0; level < MAX_TREE_LEVELS; level++) {
      if (has(level)) {
        root = under(level, root);
      }
    }
    return root == null ? TreeHash.EMPTY : root;
  }

  private TreeHash under(int level, @Nullable TreeHash right) {
    TreeHash left = TreeHash.of(edges, level * TreeHash.BYTES, TreeHash.BYTES);
    return right == null ? left : TreeHash.node(left, right);
  }
}
