package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataPage;
import org.jspecify.annotations.Nullable;

/** A directory of the guest's. */
sealed interface FsDirectory extends FsNode permits DataFsDirectory, NoDirectory, ScratchDirectory {

  int TYPE = 3;

  /** The entry of that name, or null. */
  @Nullable FsNode lookup(String name);

  /** Entries after that name in the order of name bytes. */
  DataPage list(@Nullable String afterName, int limit);

  @Override
  default int type() {
    return TYPE;
  }
}
