package dev.limpet.gateway.placement;

import dev.limpet.gateway.placement.Question.Wanted;
import dev.limpet.protocol.Holds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who has the data of one call, looked up once: what each node holds of it, what it lacks, and whom
 * it could ask.
 */
final class Field {
  private final List<Root> roots;

  /** One root and everybody who announced it. */
  private record Root(Wanted wanted, List<Holder> holders) {
    long bytes() {
      if (wanted.bytes() >= 0) {
        return wanted.bytes();
      }
      return holders.stream().mapToLong(Holder::dagSize).max().orElse(-1);
    }

    Holds at(KnownNode node) {
      for (Holder holder : holders) {
        if (holder.node() == node) {
          return holder.complete() ? Holds.COMPLETE : Holds.PARTIAL;
        }
      }
      return Holds.NONE;
    }
  }

  Field(HolderIndex index, Question question) {
    List<Root> found = new ArrayList<>(question.data().size());
    for (Wanted wanted : question.data()) {
      found.add(new Root(wanted, index.holders(wanted.root())));
    }
    roots = List.copyOf(found);
  }

  /** Whether there is no data at all. */
  boolean isEmpty() {
    return roots.isEmpty();
  }

  /** The first root that nobody ever announced, or null through an empty list: none or one. */
  List<Wanted> unknown() {
    return roots.stream()
        .filter(root -> root.holders.isEmpty())
        .limit(1)
        .map(Root::wanted)
        .toList();
  }

  /** Nodes that have all of every root. */
  List<KnownNode> complete() {
    List<KnownNode> nodes = new ArrayList<>();
    if (!roots.isEmpty()) {
      for (Holder holder : roots.getFirst().holders) {
        if (holder.complete() && holds(holder.node()) == Holds.COMPLETE) {
          nodes.add(holder.node());
        }
      }
    }
    return nodes;
  }

  /** How much a node has of all roots together. */
  Holds holds(KnownNode node) {
    boolean all = true;
    boolean some = false;
    for (Root root : roots) {
      Holds at = root.at(node);
      all &= at == Holds.COMPLETE;
      some |= at != Holds.NONE;
    }
    return all && !roots.isEmpty() ? Holds.COMPLETE : some ? Holds.PARTIAL : Holds.NONE;
  }

  /**
   * What a node would have to fetch: the sum over the roots that it does not have whole. -1 when
   * one of them is of unknown size, unless the others alone are more than {@code most}.
   */
  long bytesToMove(KnownNode node, long most) {
    return sum(roots.stream().filter(root -> root.at(node) != Holds.COMPLETE).toList(), most);
  }

  /** The same for a node that has nothing. */
  long bytes(long most) {
    return sum(roots, most);
  }

  private static long sum(List<Root> lacking, long most) {
    long sum = 0;
    boolean unknown = false;
    for (Root root : lacking) {
      long bytes = root.bytes();
      unknown |= bytes < 0;
      sum = Math.addExact(sum, Math.clamp(bytes, 0, Long.MAX_VALUE - sum));
    }
    return unknown && sum <= most ? -1 : sum;
  }

  /** For each root that a node lacks, who can be asked for it now; a list may be empty. */
  List<Choice.Supply> supplies(KnownNode node) {
    List<Choice.Supply> supplies = new ArrayList<>();
    for (Root root : roots) {
      if (root.at(node) != Holds.COMPLETE) {
        List<KnownNode> others = sources(root).stream().filter(source -> source != node).toList();
        supplies.add(new Choice.Supply(root.wanted.root(), others));
      }
    }
    return supplies;
  }

  /** Who can be asked for a root: complete holders, else those that have a part. */
  private static List<KnownNode> sources(Root root) {
    for (boolean complete : new boolean[] {true, false}) {
      List<KnownNode> ready = new ArrayList<>();
      for (Holder holder : root.holders) {
        if (holder.complete() == complete
            && holder.node().servesData()
            && ready.size() < Placement.MAX_NAMED_SOURCES) {
          ready.add(holder.node());
        }
      }
      if (!ready.isEmpty()) {
        return ready;
      }
    }
    return List.of();
  }

  /** Holders that are away, of roots that nobody here can be asked for; none when all can. */
  List<KnownNode> missed() {
    return roots.stream()
        .filter(root -> sources(root).isEmpty())
        .flatMap(root -> root.holders.stream())
        .map(Holder::node)
        .distinct()
        .sorted(Comparator.comparing(KnownNode::lastSeen).reversed())
        .toList();
  }
}
