package dev.limpet.gateway.function;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import java.util.List;

/** Something that functions need, as the blocks to keep: a module or a script. */
sealed interface KeptDag permits ModuleSource, ScriptSource {

  /** Its root. */
  Cid cid();

  /** Bytes of its content. */
  long size();

  /** All blocks below the root, the root too. */
  List<Block> blocks();

  /** What its row says that it is. */
  String kind();
}
