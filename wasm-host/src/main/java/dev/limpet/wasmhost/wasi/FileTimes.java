package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;

/** What a guest learns of a file's state, and the times that it may set. */
final class FileTimes {

  static final int STAT_BYTES = 64;

  private static final int BOTH_ACCESSED = 3;
  private static final int BOTH_MODIFIED = 12;

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
    memory.putLong(at + 24, node.links());
    memory.putLong(at + 32, node instanceof FsFile file ? file.size() : 0);
    memory.putLong(at + 40, node.accessedNanos());
    memory.putLong(at + 48, node.modifiedNanos());
    memory.putLong(at + 56, node.modifiedNanos());
  }

  /** Sets the times that the flags name; FSTFLAGS with both ways to set one are INVAL. */
  static void set(FsNode node, long accessed, long modified, int flags, long now) {
    boolean twice =
        (flags & BOTH_ACCESSED) == BOTH_ACCESSED || (flags & BOTH_MODIFIED) == BOTH_MODIFIED;
    if ((flags & ~(BOTH_ACCESSED | BOTH_MODIFIED)) != 0 || twice) {
      throw Errno.INVAL.error();
    }
    long access = choose(flags, accessed, now, node.accessedNanos());
    long change = choose(flags >> 2, modified, now, node.modifiedNanos());
    switch (node) {
      case ScratchFile file -> file.setTimes(access, change);
      case ScratchDirectory directory -> directory.setTimes(access, change);
      case DataFsFile file -> throw Errno.ROFS.error();
      case DataFsDirectory directory -> throw Errno.ROFS.error();
      case NoDirectory none -> throw Errno.ROFS.error();
      case FsLink link -> throw Errno.ROFS.error();
    }
  }

  /** By two flags: as given, now, or as before. */
  private static long choose(int flags, long given, long now, long before) {
    return switch (flags & 3) {
      case 1 -> given;
      case 2 -> now;
      default -> before;
    };
  }
}
