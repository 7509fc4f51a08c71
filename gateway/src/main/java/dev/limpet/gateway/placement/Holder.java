package dev.limpet.gateway.placement;

import dev.limpet.protocol.HolderInfo;
import dev.limpet.protocol.HoldingKind;

/**
 * A node that announced a DAG.
 *
 * @param node who
 * @param complete whether it has every block
 * @param size bytes of the files, or -1
 * @param dagSize bytes of the blocks, or -1
 * @param kind why it has it
 * @param asked whether it announced nothing and said so when it was asked; then whether it is
 *     complete is believed and not known
 * @param proof whether it has shown it
 */
public record Holder(
    KnownNode node,
    boolean complete,
    long size,
    long dagSize,
    HoldingKind kind,
    boolean asked,
    Proof proof) {
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
        complete && !asked && counts(),
        size,
        dagSize,
        node.lastSeen(),
        asked,
        counts());
  }
}
