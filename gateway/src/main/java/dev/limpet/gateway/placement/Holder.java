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
 */
public record Holder(KnownNode node, boolean complete, long size, long dagSize, HoldingKind kind) {
  /** As lists show it. */
  public HolderInfo toInfo() {
    return new HolderInfo(node.name(), node.state(), complete, size, dagSize, node.lastSeen());
  }
}
