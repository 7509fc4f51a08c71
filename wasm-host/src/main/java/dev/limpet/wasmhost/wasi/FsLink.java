package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataLink;

/** A symbolic link in the data. Scratch has none. */
record FsLink(DataLink link, long device) implements FsNode {

  static final int TYPE = 7;

  String target() {
    return link.target();
  }

  @Override
  public long inode() {
    return link.inode();
  }

  @Override
  public long modifiedNanos() {
    return DataFsFile.nanos(link.mtimeSeconds());
  }

  @Override
  public int type() {
    return TYPE;
  }
}
