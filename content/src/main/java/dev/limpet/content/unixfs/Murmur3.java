package dev.limpet.content.unixfs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The first 64 bits of MurmurHash3 x64 128 with seed 0, which places names in a HAMT (multicodec
 * 0x22). Public domain algorithm by Austin Appleby.
 */
final class Murmur3 {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;
  private static final int BLOCK_BYTES = 16;

  private Murmur3() {}

  static long hash64(byte[] data) {
    long h1 = 0;
    long h2 = 0;
    int blocks = data.length / BLOCK_BYTES;
    for (int i = 0; i < blocks; i++) {
      long k1 = (long) LONG.get(data, i * BLOCK_BYTES);
      long k2 = (long) LONG.get(data, i * BLOCK_BYTES + 8);
      h1 = (Long.rotateLeft(h1 ^ mix1(k1), 27) + h2) * 5 + 0x52dce729;
      h2 = (Long.rotateLeft(h2 ^ mix2(k2), 31) + h1) * 5 + 0x38495ab5;
    }
    int tail = blocks * BLOCK_BYTES;
    h1 ^= mix1(tailLong(data, tail));
    h2 ^= mix2(tailLong(data, tail + 8));
    h1 ^= data.length;
    h2 ^= data.length;
    h1 += h2;
    h2 += h1;
    return finish(h1) + finish(h2);
  }

  private static long mix1(long k) {
    return Long.rotateLeft(k * C1, 31) * C2;
  }

  private static long mix2(long k) {
    return Long.rotateLeft(k * C2, 33) * C1;
  }

  /** Up to eight bytes from {@code from}, little endian; 0 beyond the end. */
  private static long tailLong(byte[] data, int from) {
    long value = 0;
    for (int i = Math.min(data.length, from + 8) - 1; i >= from; i--) {
      value = value << 8 | (data[i] & 0xff);
    }
    return value;
  }

  private static long finish(long hash) {
    long h = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
