package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;

/** What a guest learns of a file's state, and the times that it may set. */
final class FileTimes {

  static final int STAT_BYTES = 64;

  private static final int MODIFIED = 4;
  private static final int MODIFIED_NOW = 8;
  private static final int ALL = 15;

  private FileTimes() {}

  static void clear(GuestMemory memory, int at) {
    for (int i = 0; i < STAT_BYTES; i += 8) {
      memory.putLong(at + i, 0);
    }
  }

  static void stat(GuestMemory memory, int at, FsNode node) {
    clear(memory, at);
    memory.putLong(at, node.device());
    memory.putLong(at + 8, node.inode());
    memory.putByte(at + 16, node.type());
    memory.putLong(at + 24, 1);
    memory.putLong(at + 32, node instanceof FsFile file ? file.size() : 0);
    for (int time = 40; time < STAT_BYTES; time += 8) {
      memory.putLong(at + time, node.modifiedNanos());
    }
  }

  /** Sets the time of change; the time of access is not kept. */
  static void set(FsNode node, long modified, int flags, long now) {
    boolean both = (flags & MODIFIED) != 0 && (flags & MODIFIED_NOW) != 0;
    if ((flags & ~ALL) != 0 || both) {
      throw Errno.INVAL.error();
    }
    boolean changes = (flags & (MODIFIED | MODIFIED_NOW)) != 0;
    long nanos = (flags & MODIFIED_NOW) != 0 ? now : modified;
    switch (node) {
      case ScratchFile file -> file.setModified(changes ? nanos : file.modifiedNanos());
      case ScratchDirectory directory ->
          directory.setModified(changes ? nanos : directory.modifiedNanos());
      case DataFsFile file -> throw Errno.ROFS.error();
      case DataFsDirectory directory -> throw Errno.ROFS.error();
      case NoDirectory none -> throw Errno.ROFS.error();
      case FsLink link -> throw Errno.ROFS.error();
    }
  }
}
