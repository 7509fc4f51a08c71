package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataDirectory;
import dev.limpet.wasmhost.data.DataFile;
import dev.limpet.wasmhost.data.DataLink;
import dev.limpet.wasmhost.data.DataNode;
import dev.limpet.wasmhost.engine.StopSignal;

/** A file of the data. */
record DataFsFile(DataFile file, long device) implements FsFile {

  /** Bytes asked of a mount at once: the stop signal is looked at between. */
  private static final int CHUNK = 1 << 20;

  private static final long NANOS = 1_000_000_000;

  /** The node as a guest sees it. */
  static FsNode of(DataNode node, long device) {
    return switch (node) {
      case DataFile file -> new DataFsFile(file, device);
      case DataDirectory directory -> new DataFsDirectory(directory, device);
      case DataLink link -> new FsLink(link, device);
    };
  }

  static long nanos(long seconds) {
    return Math.clamp(seconds, 0, Long.MAX_VALUE / NANOS) * NANOS;
  }

  @Override
  public long inode() {
    return file.inode();
  }

  @Override
  public long modifiedNanos() {
    return nanos(file.mtimeSeconds());
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public int read(long position, Span target, StopSignal signal) {
    long left = file.size() - position;
    int length = (int) Math.min(target.length(), Math.max(0, left));
    for (int done = 0; done < length; done += CHUNK) {
      signal.check();
      int count = Math.min(CHUNK, length - done);
      file.readFully(position + done, target.array(), target.offset() + done, count);
    }
    return length;
  }
}
