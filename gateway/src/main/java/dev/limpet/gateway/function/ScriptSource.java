package dev.limpet.gateway.function;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import java.util.List;

/**
 * A script, as the blocks to keep.
 *
 * @param cid its root, a file or a folder
 * @param size bytes of all its blocks
 * @param blocks all blocks below the root, the root too
 */
record ScriptSource(Cid cid, long size, List<Block> blocks) implements KeptDag {
  /** In the table of modules, where the kind of a module is how it is called. */
  static final String KIND = "SCRIPT";

  ScriptSource {
    blocks = List.copyOf(blocks);
  }

  @Override
  public String kind() {
    return KIND;
  }
}
