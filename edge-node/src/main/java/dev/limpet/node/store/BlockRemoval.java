package dev.limpet.node.store;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes single blocks that no pin reaches, as their owner names them. Whether one does is found
 * by walking what is pinned, so this takes as long as a collection.
 */
public final class BlockRemoval {
  private final Blockstore kept;
  private final Blockstore fetched;
  private final Collector collector;
  private final Collector.Parts parts;
  private final FetchedDags fetchedDags;

  BlockRemoval(
      Collector.Parts parts, Blockstore fetched, Collector collector, FetchedDags fetchedDags) {
    this.parts = parts;
    this.kept = parts.kept();
    this.fetched = fetched;
    this.collector = collector;
    this.fetchedDags = fetchedDags;
  }

  /** What came of one. */
  public enum State {
    /** It is gone. */
    REMOVED,
    /** It was not here. */
    ABSENT,
    /** It is the root of a recursive pin. */
    RECURSIVE,
    /** It is pinned alone. */
    DIRECT,
    /** It lies below a root that is pinned. */
    INDIRECT,
    /** An upload that is under way has named it. */
    IN_USE
  }

  /**
   * What came of one block.
   *
   * @param cid as it was named
   * @param via the root that keeps it, where it is {@link State#INDIRECT}
   */
  public record Outcome(Cid cid, State state, @Nullable Cid via) {}

  /**
   * Removes blocks.
   *
   * @return what came of each, in the order of the arguments
   * @throws dev.limpet.content.block.ContentException when a pinned DAG is damaged, so that nobody
   *     knows what it keeps: nothing goes then
   */
  public List<Outcome> remove(List<Cid> cids) {
    List<Outcome> outcomes = collector.alone(() -> removeAlone(cids));
    fetchedDags.recheck();
    return outcomes;
  }

  private List<Outcome> removeAlone(List<Cid> cids) {
    Map<Multihash, Outcome> pinned = pinned(cids);
    List<Outcome> outcomes = new ArrayList<>();
    for (Cid cid : cids) {
      Outcome holds = pinned.get(cid.multihash());
      outcomes.add(
          holds == null
              ? new Outcome(cid, removed(cid), null)
              : new Outcome(cid, holds.state, holds.via));
    }
    return outcomes;
  }

  private State removed(Cid cid) {
    if (cid.isIdentity() || (!kept.has(cid) && !fetched.has(cid))) {
      return State.ABSENT;
    }
    if (kept.has(cid) && !parts.intakes().deleteUnlessTouched(kept, cid)) {
      return State.IN_USE;
    }
    fetched.delete(cid);
    return State.REMOVED;
  }

  private Map<Multihash, Outcome> pinned(List<Cid> cids) {
    Set<Multihash> wanted = new HashSet<>();
    cids.forEach(cid -> wanted.add(cid.multihash()));
    Map<Multihash, Outcome> found = new HashMap<>();
    for (Pin pin : parts.pins().list()) {
      Cid root = pin.root();
      if (wanted.contains(root.multihash())) {
        State state = pin.kind() == PinKind.RECURSIVE ? State.RECURSIVE : State.DIRECT;
        found.put(root.multihash(), new Outcome(root, state, null));
      }
    }
    for (Pin pin : parts.pins().list()) {
      if (pin.kind() == PinKind.RECURSIVE && !found.keySet().containsAll(wanted)) {
        Collector.requireHere(
            pin,
            DagCheck.of(kept, pin.root(), cid -> below(cid, pin.root(), wanted, found))
                .firstMissing());
      }
    }
    return found;
  }

  private static void below(
      Cid cid, Cid root, Set<Multihash> wanted, Map<Multihash, Outcome> found) {
    if (wanted.contains(cid.multihash())) {
      found.putIfAbsent(cid.multihash(), new Outcome(cid, State.INDIRECT, root));
    }
  }
}
