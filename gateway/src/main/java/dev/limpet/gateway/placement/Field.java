package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Question.Wanted;
import dev.limpet.protocol.Holds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who has the data of one call, looked up once: what each node holds of it, what it lacks, and whom
 * it could ask. What is asked of each node costs the same however many hold the data. Used by one
 * thread.
 */
final class Field {
  private final HolderIndex index;
  private final Root[] roots;
  private final int allRoots;
  private @Nullable Announced announced;
  private @Nullable Set<KnownNode> silent;

  /**
   * One root, everybody whose announcement of it counts, and who else announced it: those that may
   * show it yet, and those that could not.
   */
  private static final class Root {
    private final Wanted wanted;
    private final List<Holder> holders;
    private final List<Holder> claims;
    private final List<Holder> failed;
    private final long bytes;
    private @Nullable List<KnownNode> sources;

    Root(Wanted wanted, List<Holder> announced) {
      boolean all = allCount(announced);
      this.wanted = wanted;
      this.holders = all ? announced : announced.stream().filter(Holder::counts).toList();
      this.claims = all ? List.of() : announced.stream().filter(Holder::isOpen).toList();
      this.failed = all ? List.of() : announced.stream().filter(Holder::hasFailed).toList();
      this.bytes = wanted.bytes() >= 0 ? wanted.bytes() : largest(holders);
    }

    private static boolean allCount(List<Holder> announced) {
      for (Holder holder : announced) {
        if (!holder.counts()) {
          return false;
        }
      }
      return true;
    }

    private static long largest(List<Holder> holders) {
      long largest = -1;
      for (Holder holder : holders) {
        largest = Math.max(largest, holder.dagSize());
      }
      return largest;
    }

    /** Who can be asked for it: complete holders, else those that may be, else those of a part. */
    List<KnownNode> sources() {
      List<KnownNode> known = sources;
      if (known == null) {
        known = sources(Holds.COMPLETE);
        known = known.isEmpty() ? sources(Holds.UNKNOWN) : known;
        known = known.isEmpty() ? sources(Holds.PARTIAL) : known;
        sources = known;
      }
      return known;
    }

    private List<KnownNode> sources(Holds holds) {
      List<KnownNode> ready = new ArrayList<>(Placement.MAX_NAMED_SOURCES);
      for (Holder holder : holders) {
        if (holder.holds() == holds && holder.node().servesData()) {
          ready.add(holder.node());
          if (ready.size() == Placement.MAX_NAMED_SOURCES) {
            break;
          }
        }
      }
      return ready;
    }
  }

  Field(HolderIndex index, Question question) {
    this.index = index;
    List<Wanted> data = question.data();
    roots = new Root[data.size()];
    for (int i = 0; i < roots.length; i++) {
      roots[i] = new Root(data.get(i), index.holders(data.get(i).root()));
    }
    allRoots = (1 << roots.length) - 1;
  }

  /** Whether there is no data at all. */
  boolean isEmpty() {
    return roots.length == 0;
  }

  /** The first root that nobody announced and could show if asked, or null. */
  @Nullable Cid unknown() {
    for (Root root : roots) {
      if (root.holders.isEmpty() && root.claims.isEmpty()) {
        return root.wanted.root();
      }
    }
    return null;
  }

  /** Everybody who holds the first root; only for a call that names one. */
  List<Holder> first() {
    return roots[0].holders;
  }

  /** Whether there is one root, of which nobody has a part or what may be a part. */
  boolean isWholeEverywhere() {
    if (roots.length != 1) {
      return false;
    }
    for (Holder holder : roots[0].holders) {
      if (!holder.complete()) {
        return false;
      }
    }
    return true;
  }

  /** Everybody who holds any of the roots. */
  Announced announced() {
    Announced made = announced;
    if (made == null) {
      int most = 0;
      for (Root root : roots) {
        most += root.holders.size();
      }
      made = new Announced(most);
      for (int i = 0; i < roots.length; i++) {
        for (Holder holder : roots[i].holders) {
          made.add(holder.node(), i, holder.holds());
        }
      }
      announced = made;
    }
    return made;
  }

  /** Whether a node that has all of the first root has all of every other. */
  boolean hasRest(KnownNode node) {
    return roots.length == 1 || announced().complete(node) == allRoots;
  }

  /**
   * How much a node has of all roots together: a part when one is missing or there in part, unknown
   * when of some it is not known and the others are there whole.
   */
  Holds holds(KnownNode node) {
    return announced().holds(node, allRoots);
  }

  /** The same for who stands at a place of {@link #announced}. */
  Holds holdsAt(int place) {
    return announced().holdsAt(place, allRoots);
  }

  /**
   * What a node would have to fetch: the sum over the roots that it does not have whole. -1 when
   * one of them is of unknown size, or it is unknown how much of it is there, unless the others
   * alone are more than {@code most}.
   */
  long bytesToMove(KnownNode node, long most) {
    return sum(announced().complete(node), announced().unknown(node), most);
  }

  /** The same for a node that has nothing. */
  long bytes(long most) {
    return sum(0, 0, most);
  }

  private long sum(int complete, int perhaps, long most) {
    long sum = 0;
    boolean unknown = false;
    for (int i = 0; i < roots.length; i++) {
      if ((complete & 1 << i) == 0) {
        long bytes = (perhaps & 1 << i) == 0 ? roots[i].bytes : -1;
        unknown |= bytes < 0;
        sum = Math.addExact(sum, Math.clamp(bytes, 0, Long.MAX_VALUE - sum));
      }
    }
    return unknown && sum <= most ? -1 : sum;
  }

  /**
   * For each root that a node lacks, who can be asked for it now; a list may be empty.
   *
   * @param node null for one that has nothing
   */
  List<Choice.Supply> supplies(@Nullable KnownNode node) {
    int complete = node == null ? 0 : announced().complete(node);
    List<Choice.Supply> supplies = new ArrayList<>(roots.length);
    for (int i = 0; i < roots.length; i++) {
      if ((complete & 1 << i) == 0) {
        List<KnownNode> others = without(node, roots[i].sources());
        supplies.add(new Choice.Supply(roots[i].wanted.root(), others));
      }
    }
    return supplies;
  }

  private static List<KnownNode> without(@Nullable KnownNode node, List<KnownNode> sources) {
    return node != null && sources.contains(node)
        ? sources.stream().filter(source -> source != node).toList()
        : sources;
  }

  /** Whether a node says that it holds a root that it has not shown. */
  boolean claims(KnownNode node) {
    return Arrays.stream(roots).anyMatch(root -> has(root.claims, node));
  }

  /** Whether a node announced a root and could not show it. */
  boolean hasFailed(KnownNode node) {
    return Arrays.stream(roots).anyMatch(root -> has(root.failed, node));
  }

  /** Whether a node did not say whether it has a root that nobody has. */
  boolean isSilent(KnownNode node) {
    Set<KnownNode> known = silent;
    if (known == null) {
      known =
          Arrays.stream(roots)
              .flatMap(root -> index.silent(root.wanted.root()).stream())
              .collect(Collectors.toSet());
      silent = known;
    }
    return known.contains(node);
  }

  private static boolean has(List<Holder> holders, KnownNode node) {
    return holders.stream().anyMatch(holder -> holder.node() == node);
  }

  /**
   * Holders that are away or have shown nothing yet, of roots that nobody here can be asked for;
   * none when all can.
   */
  List<KnownNode> missed() {
    return Arrays.stream(roots)
        .filter(root -> root.sources().isEmpty())
        .flatMap(root -> Stream.concat(root.holders.stream(), root.claims.stream()))
        .map(Holder::node)
        .distinct()
        .sorted(Comparator.comparing(KnownNode::lastSeen).reversed())
        .toList();
  }
}
