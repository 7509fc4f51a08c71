package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.StopSignal;
import java.util.Arrays;

/**
 * A file in {@code /tmp}: chunks that exist only where something was written; what was never
 * written reads as zeros. Its chunks, the table of them, and a fixed part for the object itself are
 * paid from the space as long as a name or a descriptor holds it.
 */
final class ScratchFile extends ScratchNode implements FsFile {

  /** A page of most file systems; a small file takes little. */
  static final int CHUNK = 4096;

  /** What the objects of an empty file and its entry take, about. */
  static final int OVERHEAD = 512;

  private static final int SLOT_BYTES = 8;
  private static final byte[] NO_CHUNK = {};

  private final ScratchSpace space;
  private byte[][] chunks = {};
  private long size;
  private int holders;

  /** A file whose {@link #OVERHEAD} is already paid. */
  ScratchFile(ScratchSpace space, long nowNanos) {
    super(space, nowNanos);
    this.space = space;
  }

  /** A name or a descriptor more. */
  void hold() {
    holders++;
  }

  /** A name or a descriptor less; without any, its space is free again. */
  void letGo() {
    if (--holders == 0) {
      truncateChunks(0);
      space.giveBack(OVERHEAD + (long) chunks.length * SLOT_BYTES);
      chunks = new byte[0][];
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(long position, Span target, StopSignal signal) {
    int length = (int) Math.min(target.length(), Math.max(0, size - position));
    int done = 0;
    while (done < length) {
      long at = position + done;
      int inChunk = (int) (at % CHUNK);
      int count = Math.min(length - done, CHUNK - inChunk);
      byte[] chunk = chunk(at / CHUNK);
      int to = target.offset() + done;
      if (chunk.length == 0) {
        Arrays.fill(target.array(), to, to + count, (byte) 0);
      } else {
        System.arraycopy(chunk, inChunk, target.array(), to, count);
      }
      done += count;
    }
    return length;
  }

  private byte[] chunk(long index) {
    return index < chunks.length ? chunks[(int) index] : NO_CHUNK;
  }

  /**
   * Writes as much as there is space for.
   *
   * @return bytes written, at least one when there is something to write
   */
  int write(long position, Span source, long nowNanos) {
    int done = writeMore(position, source);
    if (done == 0 && source.length() > 0) {
      throw Errno.NOSPC.error();
    }
    modifiedAt(nowNanos);
    return done;
  }

  /** Goes on with a write that has begun: as much as there is space for, perhaps nothing. */
  int writeMore(long position, Span source) {
    int done = 0;
    while (done < source.length()) {
      long at = position + done;
      int inChunk = (int) (at % CHUNK);
      int count = Math.min(source.length() - done, CHUNK - inChunk);
      if (at > space.quota() - count || !makeChunk(at / CHUNK)) {
        break;
      }
      byte[] chunk = chunks[(int) (at / CHUNK)];
      System.arraycopy(source.array(), source.offset() + done, chunk, inChunk, count);
      done += count;
      size = Math.max(size, at + count);
    }
    return done;
  }

  /** Makes sure that the chunk exists; false when there is no space. */
  private boolean makeChunk(long index) {
    if (index >= chunks.length) {
      int slots = (int) Math.max(index + 1, chunks.length * 2L);
      if (!space.tryTake((long) (slots - chunks.length) * SLOT_BYTES)) {
        return false;
      }
      int before = chunks.length;
      chunks = Arrays.copyOf(chunks, slots);
      Arrays.fill(chunks, before, slots, NO_CHUNK);
    }
    if (chunks[(int) index].length == 0) {
      if (!space.tryTake(CHUNK)) {
        return false;
      }
      chunks[(int) index] = new byte[CHUNK];
    }
    return true;
  }

  /** Cuts, or makes longer with zeros that take no space. */
  void setSize(long newSize, long nowNanos) {
    if (newSize < 0) {
      throw Errno.INVAL.error();
    }
    if (newSize > space.quota()) {
      throw Errno.NOSPC.error();
    }
    if (newSize < size) {
      truncateChunks((newSize + CHUNK - 1) / CHUNK);
      byte[] last = chunk(newSize / CHUNK);
      if (last.length > 0) {
        Arrays.fill(last, (int) (newSize % CHUNK), CHUNK, (byte) 0);
      }
    }
    size = newSize;
    modifiedAt(nowNanos);
  }

  private void truncateChunks(long count) {
    for (long i = count; i < chunks.length; i++) {
      if (chunks[(int) i].length > 0) {
        chunks[(int) i] = NO_CHUNK;
        space.giveBack(CHUNK);
      }
    }
  }
}
