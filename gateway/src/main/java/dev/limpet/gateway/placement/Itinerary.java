package dev.limpet.gateway.placement;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that one call goes to, one after the other, until one answers. It knows no transport.
 *
 * <p>Invariants. At most {@link Placement#MAX_CHOICES} nodes are asked; after the first choices
 * come, once, the nodes that would fetch the data. Who is handed out by {@link #next} has a place
 * taken at its gate, which whoever called gives back. Used by one thread.
 */
public final class Itinerary {
  private final Placement placement;
  private final Question question;
  private final Deque<Stop> left = new ArrayDeque<>();
  private final Set<KnownNode> tried = new HashSet<>();
  private List<Choice> considered;
  private boolean askedOthers;
  private boolean returned;

  /**
   * A node that may get the call, and how it is reached.
   *
   * @param choice why it may
   * @param link as it was when it was chosen
   */
  public record Stop(Choice choice, NodeLink link) {}

  /**
   * A way along {@code choices}.
   *
   * @param entered the node whose place is taken already; it is not handed out again
   */
  public Itinerary(
      Placement placement, Question question, List<Choice> choices, KnownNode entered) {
    this.placement = placement;
    this.question = question;
    this.considered = choices;
    tried.add(entered);
    add(choices);
  }

  private void add(List<Choice> choices) {
    for (Choice choice : choices) {
      NodeLink link = choice.node().link();
      boolean isNew = !tried.contains(choice.node());
      if (link != null && isNew && tried.size() + left.size() < Placement.MAX_CHOICES) {
        left.add(new Stop(choice, link));
      }
    }
  }

  /** Every choice that was considered until now, with the numbers of its decision. */
  public List<Choice> considered() {
    return considered;
  }

  /** Whether there is one more node to ask. */
  public boolean hasNext() {
    if (left.isEmpty() && !askedOthers) {
      askedOthers = true;
      List<Choice> others = placement.others(question, tried);
      List<Choice> all = new ArrayList<>(considered);
      all.addAll(others);
      considered = List.copyOf(all);
      add(others);
    }
    return !left.isEmpty();
  }

  /** The first of those that are left with room, else the first; with its place taken. */
  public Stop next() {
    Stop stop = enter();
    tried.add(stop.choice.node());
    return stop;
  }

  private Stop enter() {
    for (Stop stop : left) {
      if (stop.choice.node().gate().tryEnter()) {
        left.remove(stop);
        return stop;
      }
    }
    Stop first = left.removeFirst();
    first.choice.node().callStarted();
    return first;
  }

  /**
   * A broken connection may have been an old one: with no other node the same one is asked, unless
   * it may have no call any more, because its circuit has opened just now or it has left.
   */
  public void comeBack(Stop stop) {
    if (!returned && stop.choice.node().isReady() && !hasNext()) {
      returned = true;
      left.add(stop);
    }
  }

  /**
   * For a call that waits for longer than usual: the next of the first choices to which nothing
   * moves, that has room and was not asked, with its place taken; null when there is none. It is
   * not handed out again.
   *
   * @param affords asked once there is one; when it says no, that node is left where it was
   */
  public @Nullable Choice enterOther(BooleanSupplier affords) {
    for (Stop stop : left) {
      Choice choice = stop.choice;
      if (choice.bytesToMove() == 0 && choice.node().gate().tryEnter()) {
        if (!affords.getAsBoolean()) {
          choice.node().callEnded();
          return null;
        }
        left.remove(stop);
        tried.add(choice.node());
        return choice.as(Choice.Reason.HEDGES);
      }
    }
    return null;
  }
}
