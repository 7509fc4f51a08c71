package dev.limpet.wasmhost.wasi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Random bytes that depend on the seed alone: the key stream of ChaCha20 (RFC 8439, section 2.3)
 * with the seed as key, nonce zero and a block counter of 64 bits in words 12 and 13.
 */
final class ChaCha20Random {

  private static final int BLOCK_BYTES = 64;
  private static final int WORDS = 16;
  private static final int ROUNDS = 20;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final int[] input = new int[WORDS];
  private final int[] working = new int[WORDS];
  private final byte[] block = new byte[BLOCK_BYTES];
  private int used = BLOCK_BYTES;

  /** A generator for a seed of 32 bytes. */
  ChaCha20Random(byte[] seed) {
    input[0] = 0x61707865;
    input[1] = 0x3320646e;
    input[2] = 0x79622d32;
    input[3] = 0x6b206574;
    for (int i = 0; i < 8; i++) {
      input[4 + i] = (int) INT.get(seed, 4 * i);
    }
  }

  /** Fills the range with the next bytes. */
  void fill(byte[] target, int offset, int length) {
    int done = 0;
    while (done < length) {
      if (used == BLOCK_BYTES) {
        nextBlock();
      }
      int count = Math.min(length - done, BLOCK_BYTES - used);
      System.arraycopy(block, used, target, offset + done, count);
      Arrays.fill(block, used, used + count, (byte) 0);
      used += count;
      done += count;
    }
  }

  private void nextBlock() {
    System.arraycopy(input, 0, working, 0, WORDS);
    for (int round = 0; round < ROUNDS; round += 2) {
      quarter(0, 4, 8, 12);
      quarter(1, 5, 9, 13);
      quarter(2, 6, 10, 14);
      quarter(3, 7, 11, 15);
      quarter(0, 5, 10, 15);
      quarter(1, 6, 11, 12);
      quarter(2, 7, 8, 13);
      quarter(3, 4, 9, 14);
    }
    for (int i = 0; i < WORDS; i++) {
      INT.set(block, 4 * i, working[i] + input[i]);
    }
    if (++input[12] == 0) {
      input[13]++;
    }
    used = 0;
  }

  private void quarter(int a, int b, int c, int d) {
    int[] w = working;
    w[a] += w[b];
    w[d] = Integer.rotateLeft(w[d] ^ w[a], 16);
    w[c] += w[d];
    w[b] = Integer.rotateLeft(w[b] ^ w[c], 12);
    w[a] += w[b];
    w[d] = Integer.rotateLeft(w[d] ^ w[a], 8);
    w[c] += w[d];
    w[b] = Integer.rotateLeft(w[b] ^ w[c], 7);
  }
}
