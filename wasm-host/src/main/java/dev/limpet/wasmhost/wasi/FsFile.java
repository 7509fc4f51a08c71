package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.StopSignal;

/** A file of the guest's. */
sealed interface FsFile extends FsNode permits DataFsFile, ScratchFile {

  int TYPE = 4;

  long size();

  /**
   * Reads as much as there is, up to the length.
   *
   * @return bytes read; fewer than the length only at the end
   */
  int read(long position, Span target, StopSignal signal);

  @Override
  default int type() {
    return TYPE;
  }
}
