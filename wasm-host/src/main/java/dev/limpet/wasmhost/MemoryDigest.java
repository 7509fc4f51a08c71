package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.ModuleCache;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the hash of a guest's memory at its end: the SHA-256 of how many pages of 64 KiB the guest
 * has, then of each block of 4 KiB that is not all zeros its number and its bytes, in their order;
 * numbers have four bytes, the highest first. Nothing that the host has around it matters: not the
 * length of the array, nor whose it was before.
 */
final class MemoryDigest implements Consumer<GuestMemory> {
  private static final int BLOCK_BYTES = 4096;

  private static final byte[] ZEROS = new byte[BLOCK_BYTES];

  private @Nullable String hex;

  @Override
  public void accept(GuestMemory memory) {
    hex = hex(memory.array(), memory.size(), memory.pages());
  }

  /** What was taken last, in hexadecimal digits; null when no guest had any memory. */
  @Nullable String hex() {
    return hex;
  }

  /** The hash of the first {@code size} bytes, which are whole pages. */
  static String hex(byte[] array, int size, int pages) {
    MessageDigest sha256 = ModuleCache.sha256();
    number(sha256, pages);
    for (int from = 0; from < size; from += BLOCK_BYTES) {
      if (!Arrays.equals(array, from, from + BLOCK_BYTES, ZEROS, 0, BLOCK_BYTES)) {
        number(sha256, from / BLOCK_BYTES);
        sha256.update(array, from, BLOCK_BYTES);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static void number(MessageDigest to, int value) {
    to.update(ByteBuffer.allocate(Integer.BYTES).putInt(value).flip());
  }
}
