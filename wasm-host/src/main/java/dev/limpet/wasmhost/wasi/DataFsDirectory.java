package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataDirectory;
import dev.limpet.wasmhost.data.DataNode;
import dev.limpet.wasmhost.data.DataPage;
import org.jspecify.annotations.Nullable;

/** A directory of the data. */
record DataFsDirectory(DataDirectory directory, long device) implements FsDirectory {

  @Override
  public long inode() {
    return directory.inode();
  }

  @Override
  public long modifiedNanos() {
    return DataFsFile.nanos(directory.mtimeSeconds());
  }

  @Override
  public @Nullable FsNode lookup(String name) {
    DataNode node = directory.lookup(name);
    return node == null ? null : DataFsFile.of(node, device);
  }

  @Override
  public DataPage list(@Nullable String afterName, int limit) {
    return directory.list(afterName, limit);
  }
}
