package dev.limpet.gateway.copy;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.Question;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Roots whose holders were found busy lately, and those that have copies. Only a call for which all
 * of the data may travel makes a root hot: what its callers keep where it is stays there.
 */
public final class HotData {
  /** Roots that are counted; what comes beyond waits until one has cooled. Some 300 bytes each. */
  static final int MAX_HOT_ROOTS = 1024;

  private final HolderIndex index;
  private final LongSupplier ticks;
  private final boolean on;
  private final Map<Cid, HotRoot> roots = new ConcurrentHashMap<>();

  /**
   * Nothing is hot.
   *
   * @param ticks the clock that intervals are measured with, in nanoseconds
   * @param on whether anything becomes hot
   */
  public HotData(HolderIndex index, LongSupplier ticks, boolean on) {
    this.index = index;
    this.ticks = ticks;
    this.on = on;
  }

  /**
   * A call begins.
   *
   * @param first where it is to go
   * @return what must be told when it ends; null when nobody counts it
   */
  public @Nullable HotRoot called(Question question, Choice first) {
    if (question.data().size() != 1) {
      return null;
    }
    boolean busy =
        on
            && (first.reason() == Choice.Reason.HOLDS_DATA_BUSY
                || first.reason() == Choice.Reason.FETCHES);
    if (!busy && roots.isEmpty()) {
      return null;
    }
    Cid root = question.data().getFirst().root().toV1();
    boolean wanted = busy && mayTravel(question, root);
    HotRoot hot = roots.get(root);
    if (hot == null && wanted && roots.size() < MAX_HOT_ROOTS) {
      hot = roots.computeIfAbsent(root, _ -> new HotRoot(root, question, ticks.getAsLong()));
    }
    if (hot != null) {
      hot.began(question, wanted);
    }
    return hot;
  }

  private boolean mayTravel(Question question, Cid root) {
    long bytes = size(root);
    return bytes > 0 && bytes <= question.maxFetchBytes();
  }

  /** Bytes of the blocks of a root; -1 when nobody knows. */
  long size(Cid root) {
    long largest = -1;
    for (Holder holder : index.holders(root)) {
      if (holder.complete() && holder.counts()) {
        largest = Math.max(largest, holder.dagSize());
      }
    }
    return largest;
  }

  /** A node announced a copy: it is to be dropped when it is not needed, whoever ordered it. */
  void copied(Cid root) {
    Cid key = root.toV1();
    if (roots.size() < MAX_HOT_ROOTS) {
      roots.computeIfAbsent(key, _ -> new HotRoot(key, null, ticks.getAsLong()));
    }
  }

  /** All that are counted. */
  Collection<HotRoot> all() {
    return roots.values();
  }

  /** A root has cooled, and nobody has a copy. */
  void forget(HotRoot hot) {
    roots.remove(hot.root(), hot);
  }
}
