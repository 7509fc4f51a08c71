package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;

/**
 * The buffers of one read or write. The table of them is checked as a whole, each buffer when it is
 * used: a guest may name 1024 times all its memory, and nothing is allocated for it.
 */
final class Buffers {

  private static final int ENTRY_BYTES = 8;

  /** The count that a call returns has 32 bits; what is beyond is done by the next call. */
  private static final long MAX_TOTAL = 1L << 30;

  private final GuestMemory memory;
  private final int table;
  private final int count;

  Buffers(GuestMemory memory, long table, long count) {
    int wanted = (int) count;
    if (wanted < 0 || wanted > FdCalls.MAX_BUFFERS) {
      throw Errno.INVAL.error();
    }
    this.memory = memory;
    this.table = memory.at((int) table, (long) wanted * ENTRY_BYTES);
    this.count = wanted;
  }

  int count() {
    return count;
  }

  /** The buffer of that index, shortened so that all together stay below the most. */
  Span get(int index, long soFar) {
    int entry = table + index * ENTRY_BYTES;
    long length = Integer.toUnsignedLong(memory.getInt(entry + 4));
    int at = memory.at(memory.getInt(entry), length);
    return new Span(memory.array(), at, (int) Math.min(length, MAX_TOTAL - soFar));
  }
}
