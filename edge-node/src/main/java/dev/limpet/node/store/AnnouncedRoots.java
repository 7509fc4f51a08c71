package dev.limpet.node.store;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Holding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Roots of a Kubo that are announced, with the files and directories that were found in each, as
 * far as there is room for these. A root whose entries find none is announced alone. One thread
 * changes it; others ask for entries.
 */
final class AnnouncedRoots {
  /** No more than the node announces of all that it has: some 30 MB. */
  static final int MAX_KUBO_ENTRIES = Holdings.MAX_HOLDINGS;

  private final int most;
  private final Map<Cid, List<Holding>> roots = new HashMap<>();

  /** Those whose entries found no room, with how many these are. */
  private final Map<Cid, Integer> alone = new HashMap<>();

  /** In how many roots each of their files and directories is. */
  private final Map<Cid, Integer> entries = new ConcurrentHashMap<>();

  private int kept;

  /** For so many entries of all roots together. */
  AnnouncedRoots(int most) {
    this.most = most;
  }

  /**
   * Takes note of a root that {@link #isWanted}.
   *
   * @param found what is in it
   * @return what is to be announced besides the root: that, or nothing when there is no room
   */
  List<Holding> add(Cid root, List<Holding> found) {
    boolean fits = fits(found.size());
    List<Holding> taken = fits ? List.copyOf(found) : List.of();
    if (fits) {
      alone.remove(root);
    } else {
      alone.put(root, found.size());
    }
    roots.put(root, taken);
    kept += taken.size();
    taken.forEach(entry -> entries.merge(entry.cid().toV1(), 1, Integer::sum));
    return taken;
  }

  /** Forgets a root; gives the entries that are in no other. */
  List<Cid> remove(Cid root) {
    List<Holding> taken = roots.remove(root);
    alone.remove(root);
    List<Cid> gone = new ArrayList<>();
    if (taken != null) {
      kept -= taken.size();
      for (Holding entry : taken) {
        Cid cid = entry.cid().toV1();
        if (entries.computeIfPresent(cid, (_, of) -> of == 1 ? null : of - 1) == null) {
          gone.add(cid);
        }
      }
    }
    return gone;
  }

  private boolean fits(int more) {
    return more <= most - kept;
  }

  /** Roots that are announced without what is in them. */
  int alone() {
    return alone.size();
  }

  /** Whether a root is to be added: it is new, or there is room by now for what is in it. */
  boolean isWanted(Cid root) {
    Integer without = alone.get(root);
    return without == null ? !roots.containsKey(root) : fits(without);
  }

  Set<Cid> roots() {
    return roots.keySet();
  }

  /** Whether it is a file or directory in one of them; for any thread. */
  boolean isEntry(Cid cid) {
    return entries.containsKey(cid.toV1());
  }

  void forEachEntry(Consumer<Holding> each) {
    roots.values().forEach(found -> found.forEach(each));
  }
}
