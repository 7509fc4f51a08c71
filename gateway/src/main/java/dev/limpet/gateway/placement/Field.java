package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Question.Wanted;
import dev.limpet.protocol.Holds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who has the data of one call, looked up once: what each node holds of it, what it lacks, and whom
 * it could ask.
 */
final class Field {
  private final Root[] roots;

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
    List<Wanted> data = question.data();
    roots = new Root[data.size()];
    for (int i = 0; i < roots.length; i++) {
      roots[i] = new Root(data.get(i), index.holders(data.get(i).root()));
    }
  }

  /** Whether there is no data at all. */
  boolean isEmpty() {
    return roots.length == 0;
  }

  /** The first root that nobody ever announced, or null. */
  @Nullable Cid unknown() {
    for (Root root : roots) {
      if (root.holders.isEmpty()) {
        return root.wanted.root();
      }
    }
    return null;
  }

  /** Everybody who announced the first root; only for a call that names one. */
  List<Holder> first() {
    return roots[0].holders;
  }

  /** Everybody who announced any of the roots. */
  Set<KnownNode> everybody() {
    Set<KnownNode> nodes = new HashSet<>();
    for (Root root : roots) {
      for (Holder holder : root.holders) {
        nodes.add(holder.node());
      }
    }
    return nodes;
  }

  /** Whether a node has all of every root but the first. */
  boolean hasRest(KnownNode node) {
    for (int i = 1; i < roots.length; i++) {
      if (roots[i].at(node) != Holds.COMPLETE) {
        return false;
      }
    }
    return true;
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
    return all && roots.length > 0 ? Holds.COMPLETE : some ? Holds.PARTIAL : Holds.NONE;
  }

  /**
   * What a node would have to fetch: the sum over the roots that it does not have whole. -1 when
   * one of them is of unknown size, unless the others alone are more than {@code most}.
   */
  long bytesToMove(KnownNode node, long most) {
    return sum(root -> root.at(node) != Holds.COMPLETE, most);
  }

  /** The same for a node that has nothing. */
  long bytes(long most) {
    return sum(_ -> true, most);
  }

  private long sum(Predicate<Root> lacking, long most) {
    long sum = 0;
    boolean unknown = false;
    for (Root root : roots) {
      if (!lacking.test(root)) {
        continue;
      }
      long bytes = root.bytes();
      unknown |= bytes < 0;
      sum = Math.addExact(sum, Math.clamp(bytes, 0, Long.MAX_VALUE - sum));
    }
    return unknown && sum <= most ? -1 : sum;
  }

  /**
   * For each root that a node lacks, who can be asked for it now; a list may be empty.
   *
   * @param node null for one that has nothing
   */
  List<Choice.Supply> supplies(@Nullable KnownNode node) {
    List<Choice.Supply> supplies = new ArrayList<>();
    for (Root root : roots) {
      if (node == null || root.at(node) != Holds.COMPLETE) {
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
    return Arrays.stream(roots)
        .filter(root -> sources(root).isEmpty())
        .flatMap(root -> root.holders.stream())
        .map(Holder::node)
        .distinct()
        .sorted(Comparator.comparing(KnownNode::lastSeen).reversed())
        .toList();
  }
}
