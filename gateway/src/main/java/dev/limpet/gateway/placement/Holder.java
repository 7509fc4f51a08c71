package dev.limpet.gateway.placement;

import dev.limpet.protocol.HolderInfo;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.Holds;

/**
 * A node that announced a DAG.
 *
 * @param node who
 * @param holds how much of it, once that is shown
 * @param size bytes of the files, or -1
 * @param dagSize bytes of the blocks, or -1
 * @param kind why it has it
 * @param asked whether it announced nothing and said so when it was asked
 * @param proof whether it has shown it
 */
public record Holder(
    KnownNode node,
    Holds holds,
    long size,
    long dagSize,
    HoldingKind kind,
    boolean asked,
    Proof proof) {
  /** Whether it has every block below, and not only some or perhaps. */
  public boolean complete() {
    return holds == Holds.COMPLETE;
  }

  /** Whether its node fetched it for this gateway ahead of calls. */
  public boolean isCopy() {
    return kind == HoldingKind.COPIED;
  }

  /** Whether calls may be placed by it: it was shown, and its node is believed. */
  public boolean counts() {
    return proof == Proof.SHOWN && node.credit().isGood();
  }

  /** Whether it does not count, and may yet: its node was not asked, or is not believed now. */
  boolean isOpen() {
    return !hasFailed() && !counts();
  }

  /** Whether its node could not show it. */
  public boolean hasFailed() {
    return proof == Proof.FAILED;
  }

  /** As lists show it. */
  public HolderInfo toInfo() {
    return new HolderInfo(
        node.name(),
        node.state(),
        complete() && counts(),
        size,
        dagSize,
        node.lastSeen(),
        asked,
        counts(),
        counts() ? holds : Holds.UNKNOWN,
        isCopy());
  }
}
