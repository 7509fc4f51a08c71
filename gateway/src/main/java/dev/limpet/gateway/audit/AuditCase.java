package dev.limpet.gateway.audit;

import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.Invocation;
import java.util.List;

/**
 * An answer that is to be made again.
 *
 * @param first what a node said
 * @param question which other nodes can make it
 * @param again the same work for a second node, and for a third
 */
public record AuditCase(Said first, Question question, List<Invocation> again) {
  /** Keeps a copy. */
  public AuditCase {
    again = List.copyOf(again);
  }
}
