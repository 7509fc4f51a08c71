package dev.limpet.protocol.tlog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2) in time bounded by their length. */
public final class ProofCheck {
  private ProofCheck() {}

  /**
   * The root that a proof of inclusion leads to.
   *
   * @param leaf hash of the leaf
   * @param index place of the leaf
   * @param size of the tree
   * @param proof from the leaf's sibling on
   * @return null when a proof in such a tree is longer or shorter
   */
  public static @Nullable TreeHash rootOf(
      TreeHash leaf, long index, long size, List<TreeHash> proof) {
    if (index < 0 || index >= size) {
      return null;
    }
    long node = index;
    long last = size - 1;
    TreeHash root = leaf;
    for (TreeHash sibling : proof) {
      if (last == 0) {
        return null;
      }
      if ((node & 1) == 1 || node == last) {
        root = TreeHash.node(sibling, root);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        root = TreeHash.node(root, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 ? root : null;
  }

  /**
   * Whether a tree is the beginning of another one.
   *
   * @param old the smaller one
   * @param grown the larger one, or the same
   * @param proof as RFC 6962, section 2.1.2 has it; empty for equal sizes and for an empty old tree
   */
  public static boolean isConsistent(Checkpoint old, Checkpoint grown, List<TreeHash> proof) {
    if (old.size() > grown.size()) {
      return false;
    }
    if (old.size() == grown.size()) {
      return proof.isEmpty() && old.root().equals(grown.root());
    }
    if (old.size() == 0) {
      return proof.isEmpty();
    }
    return follows(old, grown, proof);
  }

  private static boolean follows(Checkpoint old, Checkpoint grown, List<TreeHash> proof) {
    long node = old.size() - 1;
    long last = grown.size() - 1;
    int shift = Long.numberOfTrailingZeros(old.size());
    node >>>= shift;
    last >>>= shift;
    int next = 0;
    TreeHash first = old.root();
    if (node != 0) {
      if (proof.isEmpty()) {
        return false;
      }
      first = proof.get(next++);
    }
    TreeHash oldRoot = first;
    TreeHash newRoot = first;
    for (; next < proof.size(); next++) {
      if (last == 0) {
        return false;
      }
      TreeHash sibling = proof.get(next);
      if ((node & 1) == 1 || node == last) {
        oldRoot = TreeHash.node(sibling, oldRoot);
        newRoot = TreeHash.node(sibling, newRoot);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        newRoot = TreeHash.node(newRoot, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && oldRoot.equals(old.root()) && newRoot.equals(grown.root());
  }
}
