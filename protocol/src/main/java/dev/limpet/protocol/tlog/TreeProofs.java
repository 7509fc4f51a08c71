package dev.limpet.protocol.tlog;

import java.util.ArrayList;
import java.util.List;

/** Makes roots and proofs of a stored tree (RFC 6962, section 2.1). */
public final class TreeProofs {
  private final HashSource source;

  /** Proofs from these hashes. */
  public TreeProofs(HashSource source) {
    this.source = source;
  }

  /** The root over the first {@code size} leaves. */
  public TreeHash root(long size) {
    return size == 0 ? TreeHash.EMPTY : range(0, size);
  }

  /**
   * That a leaf is in the tree of a size: hashes from the leaf's sibling to the root's child.
   *
   * @throws IllegalArgumentException when that tree has no such leaf
   */
  public List<TreeHash> inclusion(long index, long size) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("a tree of size " + size + " has no leaf " + index);
    }
    List<TreeHash> proof = new ArrayList<>();
    path(index, 0, size, proof);
    return proof;
  }

  private void path(long index, long from, long to, List<TreeHash> proof) {
    if (to - from == 1) {
      return;
    }
    long middle = from + split(to - from);
    if (index < middle) {
      path(index, from, middle, proof);
      proof.add(range(middle, to));
    } else {
      path(index, middle, to, proof);
      proof.add(range(from, middle));
    }
  }

  /**
   * That the tree of one size is the beginning of the tree of another (section 2.1.2).
   *
   * @throws IllegalArgumentException when the old size is not between 0 and the new one
   */
  public List<TreeHash> consistency(long old, long size) {
    if (old < 0 || old > size) {
      throw new IllegalArgumentException(old + " is no size before " + size);
    }
    List<TreeHash> proof = new ArrayList<>();
    if (old > 0 && old < size) {
      subproof(new Part(old, true), 0, size, proof);
    }
    return proof;
  }

  /** The old tree's end, and whether the old root itself is known to whoever checks. */
  private record Part(long end, boolean whole) {}

  private void subproof(Part old, long from, long to, List<TreeHash> proof) {
    if (old.end() == to) {
      if (!old.whole()) {
        proof.add(range(from, to));
      }
      return;
    }
    long middle = from + split(to - from);
    if (old.end() <= middle) {
      subproof(old, from, middle, proof);
      proof.add(range(middle, to));
    } else {
      subproof(new Part(old.end(), false), middle, to, proof);
      proof.add(range(from, middle));
    }
  }

  /** The root over leaves from a multiple of the part's size on. */
  private TreeHash range(long from, long to) {
    long count = to - from;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return source.subtree(level, from >>> level);
    }
    long middle = from + split(count);
    return TreeHash.node(range(from, middle), range(middle, to));
  }

  /** The largest power of two below a count of at least 2. */
  static long split(long count) {
    return Long.highestOneBit(count - 1);
  }
}
