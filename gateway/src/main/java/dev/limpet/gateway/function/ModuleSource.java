package dev.limpet.gateway.function;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Abi;
import java.util.List;

/**
 * A module that the gate has admitted, as the blocks to keep.
 *
 * @param cid its root
 * @param size bytes of the module
 * @param abi how it is called by default
 * @param blocks all blocks below the root, the root too
 */
record ModuleSource(Cid cid, long size, Abi abi, List<Block> blocks) implements KeptDag {
  ModuleSource {
    blocks = List.copyOf(blocks);
  }

  @Override
  public String kind() {
    return abi.name();
  }

  long blockBytes() {
    return blocks.stream().mapToLong(block -> block.bytes().length).sum();
  }
}
