package dev.limpet.gateway.call;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The last bytes of an endless row, each found by its place in the row. They lie in few large
 * arrays, made when they are first written to and then used again, so that a garbage collector has
 * nothing to do for what is kept here.
 */
final class ByteRing {
  private static final int CHUNK_BYTES = 256 << 10;

  private final @Nullable Chunk[] chunks;

  private record Chunk(byte[] bytes) {}

  /**
   * A ring.
   *
   * @param bytes that it keeps; a multiple of 256 KiB
   */
  ByteRing(int bytes) {
    chunks = new Chunk[bytes / CHUNK_BYTES];
  }

  /** Writes what remains in {@code from} at this place, over what was one ring before it. */
  void write(long place, ByteBuffer from) {
    long at = place;
    while (from.hasRemaining()) {
      int start = start(at);
      int part = Math.min(from.remaining(), CHUNK_BYTES - start);
      from.get(chunk(at), start, part);
      at += part;
    }
  }

  /** Reads what was written from this place on into all of {@code to}. */
  void read(long place, byte[] to) {
    int done = 0;
    while (done < to.length) {
      int start = start(place + done);
      int part = Math.min(to.length - done, CHUNK_BYTES - start);
      System.arraycopy(chunk(place + done), start, to, done, part);
      done += part;
    }
  }

  private static int start(long place) {
    return (int) (place % CHUNK_BYTES);
  }

  private byte[] chunk(long place) {
    int index = (int) (place / CHUNK_BYTES % chunks.length);
    Chunk chunk = chunks[index];
    if (chunk == null) {
      chunk = new Chunk(new byte[CHUNK_BYTES]);
      chunks[index] = chunk;
    }
    return chunk.bytes;
  }
}
