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
 */
public record Holder(
    KnownNode node, boolean complete, long size, long dagSize, HoldingKind kind, boolean asked) {
  /** As lists show it. */
  public HolderInfo toInfo() {
    return new HolderInfo(
        node.name(), node.state(), complete && !asked, size, dagSize, node.lastSeen(), asked);
  }
}
