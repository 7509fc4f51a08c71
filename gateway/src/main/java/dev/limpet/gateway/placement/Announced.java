package dev.limpet.gateway.placement;

import dev.limpet.protocol.Holds;
import org.jspecify.annotations.Nullable;

/**
 * Which of the roots of one call each node has whole, or may have: a hash table by identity, made
 * once and read for each node that is weighed.
 */
final class Announced {
  /** A table that is half empty answers at the first or second place. */
  private static final int SPARSE = 2;

  private final @Nullable KnownNode[] nodes;
  private final int[] complete;
  private final int[] unknown;

  /** Room for so many nodes. */
  Announced(int most) {
    int size = Integer.highestOneBit(Math.max(1, SPARSE * most)) << 1;
    this.nodes = new KnownNode[size];
    this.complete = new int[size];
    this.unknown = new int[size];
  }

  /** A node announced a root, by its number among those of the call. */
  void add(KnownNode node, int root, Holds holds) {
    int slot = slot(node);
    nodes[slot] = node;
    complete[slot] |= holds == Holds.COMPLETE ? 1 << root : 0;
    unknown[slot] |= holds == Holds.UNKNOWN ? 1 << root : 0;
  }

  private int slot(KnownNode node) {
    int mask = nodes.length - 1;
    int hash = System.identityHashCode(node);
    int slot = (hash ^ (hash >>> 16)) & mask;
    while (nodes[slot] != null && nodes[slot] != node) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Whether a node announced any of the roots. */
  boolean has(KnownNode node) {
    return nodes[slot(node)] != null;
  }

  /** The roots that a node has whole, a bit for each. */
  int complete(KnownNode node) {
    return complete[slot(node)];
  }

  /** The roots of which nobody knows whether a node has them whole, a bit for each. */
  int unknown(KnownNode node) {
    return unknown[slot(node)];
  }

  /** Places of the table. */
  int places() {
    return nodes.length;
  }

  /** Who stands at a place of the table, if anybody does. */
  @Nullable KnownNode at(int place) {
    return nodes[place];
  }

  /** How much whoever stands at a place has of so many roots, as bits. */
  Holds holdsAt(int place, int allRoots) {
    return holds(complete[place], unknown[place], allRoots);
  }

  /** How much a node has of so many roots, as bits. */
  Holds holds(KnownNode node, int allRoots) {
    int place = slot(node);
    return nodes[place] == null ? Holds.NONE : holdsAt(place, allRoots);
  }

  private static Holds holds(int complete, int unknown, int allRoots) {
    if (complete == allRoots) {
      return Holds.COMPLETE;
    }
    return (complete | unknown) == allRoots ? Holds.UNKNOWN : Holds.PARTIAL;
  }
}
