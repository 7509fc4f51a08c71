package dev.limpet.content.ipld;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.cid.Cid;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * One walk: an explicit stack of the links still to follow, so that depth cannot overflow the
 * thread's, and a table of what was seen. Blocks, depth and the links on the stack are bounded.
 */
final class DagWalk {
  private final DagLimits limits;
  private final Function<Cid, List<Cid>> links;
  private final boolean repeats;
  private final SeenBlocks seen = new SeenBlocks();
  private final Deque<Level> path = new ArrayDeque<>();
  private int pending;
  private int entered;

  /** The links of one block, whole as long as one of them is still to be followed. */
  private record Level(Iterator<Cid> next, int links) {}

  /** {@code links} processes a block and returns what lies below it. */
  DagWalk(DagLimits limits, Function<Cid, List<Cid>> links) {
    this(limits, false, links);
  }

  /**
   * The same for a walk that may enter a block as often as it is linked; {@code limits} then count
   * each time, so that a small DAG cannot unfold for ever.
   */
  DagWalk(DagLimits limits, boolean repeats, Function<Cid, List<Cid>> links) {
    this.limits = limits;
    this.repeats = repeats;
    this.links = links;
  }

  void run(Cid root) {
    enter(root);
    while (!path.isEmpty()) {
      Level level = path.getLast();
      if (level.next.hasNext()) {
        enter(level.next.next());
      } else {
        pending -= path.removeLast().links;
      }
    }
  }

  private void enter(Cid cid) {
    if (!repeats && !seen.add(cid)) {
      return;
    }
    if (++entered > limits.blocks()) {
      throw new ContentLimitException("the DAG has more than " + limits.blocks() + " blocks");
    }
    if (path.size() >= limits.depth()) {
      throw new ContentLimitException("the DAG is deeper than " + limits.depth() + " links");
    }
    List<Cid> below = links.apply(cid);
    if (below.isEmpty()) {
      return;
    }
    pending += below.size();
    if (pending > DagLimits.MAX_PENDING_LINKS) {
      throw new ContentLimitException(
          "the DAG is too wide: more than " + DagLimits.MAX_PENDING_LINKS + " links on one path");
    }
    path.addLast(new Level(below.iterator(), below.size()));
  }
}
