package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import java.util.List;

/** Where a call goes, or why it goes nowhere. */
public sealed interface Decision {
  /** These may have it, best first; at least one. */
  record Run(List<Choice> choices) implements Decision {}

  /** No holder can take it, and to run it elsewhere this much would have to travel. */
  record WouldMove(long bytes) implements Decision {}

  /** Nodes that have the data are known, and none is here. */
  record HoldersOffline(List<KnownNode> holders) implements Decision {}

  /** Nobody ever announced this data. */
  record DataNotFound(Cid root) implements Decision {}

  /** No node that is here takes such a function. */
  record NoNode() implements Decision {}
}
