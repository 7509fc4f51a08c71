package dev.limpet.protocol.tlog;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The right edge of a growing tree: the roots of its complete subtrees, the largest first, one for
 * each bit of its size. With it leaves are added and the root is found without reading anything
 * back.
 */
public final class Frontier {
  /** Sizes are below 2^63, so there are not more levels. */
  static final int MAX_TREE_LEVELS = 63;

  private final Deque<TreeHash> edges = new ArrayDeque<>(); // the smallest subtree first
  private final Completed completed;
  private long size;

  /** Hears of subtrees that will never change. */
  public interface Completed {
    /**
     * A subtree is complete.
     *
     * @param level 0 for a leaf
     * @param hash its root
     */
    void subtree(int level, TreeHash hash);
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
    long left = size;
    long from = 0;
    while (left > 0) {
      int level = Long.SIZE - 1 - Long.numberOfLeadingZeros(left);
      edges.addFirst(source.subtree(level, from >>> level));
      from += 1L << level;
      left -= 1L << level;
    }
  }

  /** Adds a leaf. */
  public void add(TreeHash leaf) {
    TreeHash hash = leaf;
    completed.subtree(0, hash);
    for (int level = 0; level < MAX_TREE_LEVELS && (size >>> level & 1) == 1; level++) {
      hash = TreeHash.node(edges.removeFirst(), hash);
      completed.subtree(level + 1, hash);
    }
    edges.addFirst(hash);
    size = Math.incrementExact(size);
  }

  /** Leaves so far. */
  public long size() {
    return size;
  }

  /** The root over them. */
  public TreeHash root() {
    if (size == 0) {
      return TreeHash.EMPTY;
    }
    Iterator<TreeHash> each = edges.iterator();
    TreeHash root = each.next();
    while (each.hasNext()) {
      root = TreeHash.node(each.next(), root);
    }
    return root;
  }
}
