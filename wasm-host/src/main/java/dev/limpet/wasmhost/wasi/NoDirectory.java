package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataPage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stands for the directory of data that is a single file: empty, and nothing changes in it. */
enum NoDirectory implements FsDirectory {
  INSTANCE;

  @Override
  public long device() {
    return 0;
  }

  @Override
  public long inode() {
    return 0;
  }

  @Override
  public long modifiedNanos() {
    return 0;
  }

  @Override
  public @Nullable FsNode lookup(String name) {
    return null;
  }

  @Override
  public DataPage list(@Nullable String afterName, int limit) {
    return new DataPage(List.of(), true);
  }
}
