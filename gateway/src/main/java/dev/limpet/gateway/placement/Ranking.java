package dev.limpet.gateway.placement;

import dev.limpet.protocol.Holds;
import java.util.ArrayList;
import java.util.List;

/**
 * The best {@link Placement#MAX_CHOICES} of the nodes that were weighed, in one pass and without
 * sorting the rest.
 *
 * <p>Nodes to which nothing moves stand in the order of queue and cold together; nodes that would
 * fetch in that of move and queue, then those that have a part, then warm ones. After that the
 * stronger home is first.
 */
final class Ranking {
  private final boolean fetching;
  private final Choice[] choices = new Choice[Placement.MAX_CHOICES];
  private int size;

  /** For nodes that would fetch, or for those to which nothing moves. */
  Ranking(boolean fetching) {
    this.fetching = fetching;
  }

  /** Whether the node that is weighed would be among the best. */
  boolean takes(Scale scale, Holds holds) {
    return size < choices.length || compare(scale, holds, choices[size - 1]) < 0;
  }

  private int compare(Scale scale, Holds holds, Choice other) {
    Cost cost = other.cost();
    int order;
    if (fetching) {
      order = Long.compare(scale.move() + scale.queue(), cost.moveMicros() + cost.queueMicros());
      order = order == 0 ? holds.compareTo(other.holds()) : order;
      order = order == 0 ? Long.compare(scale.cold(), cost.coldMicros()) : order;
    } else {
      order = Long.compare(scale.queue() + scale.cold(), cost.queueMicros() + cost.coldMicros());
    }
    return order == 0 ? Long.compare(cost.home(), scale.home()) : order;
  }

  /** Puts the node that is weighed, for which {@link #takes} was true, in its place. */
  void add(Scale scale, Choice choice) {
    int at = Math.min(size, choices.length - 1);
    while (at > 0 && compare(scale, choice.holds(), choices[at - 1]) < 0) {
      choices[at] = choices[at - 1];
      at--;
    }
    choices[at] = choice;
    size = Math.min(size + 1, choices.length);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether there are as many as are chosen. */
  boolean isFull() {
    return size == choices.length;
  }

  /** The best first; of two equal ones at the top that with fewer calls. */
  List<Choice> best() {
    List<Choice> best = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      best.add(choices[i]);
    }
    if (size > 1
        && choices[0].holds() == choices[1].holds()
        && CostModel.isEqual(choices[0].cost(), choices[1].cost())
        && CostModel.isBusier(choices[0].cost(), choices[1].cost())) {
      best.set(0, choices[1]);
      best.set(1, choices[0]);
    }
    return best;
  }
}
