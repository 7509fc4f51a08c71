package dev.limpet.gateway.placement;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All nodes in the order of hashes of their names, as on a ring: who looks at some of many nodes
 * begins where the call hashes to, so that equal calls look at the same ones, and different calls
 * at different ones. Never changes; each join of a new node makes another ring.
 */
final class NodeRing {
  /** Of nobody. */
  static final NodeRing EMPTY = new NodeRing(new KnownNode[0]);

  private final KnownNode[] nodes;

  /** Marks in their order, each with the place of its node; made when one is looked for. */
  private volatile long @Nullable [] marks;

  private NodeRing(KnownNode[] nodes) {
    this.nodes = nodes;
  }

  /** Of these nodes. */
  static NodeRing of(Collection<KnownNode> all) {
    KnownNode[] nodes = all.toArray(KnownNode[]::new);
    Arrays.sort(nodes, Comparator.comparingLong(NodeRing::place));
    return new NodeRing(nodes);
  }

  private static long place(KnownNode node) {
    return CostModel.home(node.name().hashCode(), 0);
  }

  /** The same with one node more. */
  NodeRing with(KnownNode node) {
    int at = firstFrom(place(node));
    KnownNode[] more = new KnownNode[nodes.length + 1];
    System.arraycopy(nodes, 0, more, 0, at);
    more[at] = node;
    System.arraycopy(nodes, at, more, at + 1, nodes.length - at);
    return new NodeRing(more);
  }

  /** The same without that node. */
  NodeRing without(KnownNode node) {
    return new NodeRing(Arrays.stream(nodes).filter(one -> one != node).toArray(KnownNode[]::new));
  }

  /** The node with that {@link KnownNode#mark}, or the first of those that share it; or null. */
  @Nullable KnownNode marked(int mark) {
    long[] known = marks();
    int found = Arrays.binarySearch(known, (long) mark << Integer.SIZE);
    int at = found < 0 ? -found - 1 : found;
    return at < known.length && known[at] >>> Integer.SIZE == mark ? nodes[(int) known[at]] : null;
  }

  private long[] marks() {
    long[] known = marks;
    if (known == null) {
      known =
          IntStream.range(0, nodes.length)
              .mapToLong(place -> (long) nodes[place].mark() << Integer.SIZE | place)
              .sorted()
              .toArray();
      marks = known;
    }
    return known;
  }

  int size() {
    return nodes.length;
  }

  /** Where a call begins to look; to count on from for {@link #at}. */
  int start(int callHash) {
    return firstFrom(CostModel.home(0, callHash));
  }

  /** The node at a position, which may be up to twice round. */
  KnownNode at(int position) {
    return nodes[position < nodes.length ? position : position - nodes.length];
  }

  private int firstFrom(long place) {
    int low = 0;
    int high = nodes.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (place(nodes[middle]) < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
