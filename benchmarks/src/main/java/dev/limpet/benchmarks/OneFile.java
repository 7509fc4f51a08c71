package dev.limpet.benchmarks;

import dev.limpet.wasmhost.data.DataFile;
import dev.limpet.wasmhost.data.DataMount;

/** Data that is one file in an array of the heap, which is not copied. */
record OneFile(byte[] content) implements DataMount, DataFile {

  @Override
  public DataFile root() {
    return this;
  }

  @Override
  public long inode() {
    return 1;
  }

  @Override
  public long mtimeSeconds() {
    return 0;
  }

  @Override
  public long size() {
    return content.length;
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) {
    System.arraycopy(content, (int) position, target, offset, length);
  }
}
