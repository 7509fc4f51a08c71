package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Blocks whose hashes are of every function, with whole and with cut digests. */
public final class HashedBlocks {
  /** The name that Java has for a function, by its code in the multihash table. */
  public static final Map<Long, String> FUNCTIONS =
      Map.of(
          0x12L, "SHA-256",
          0x13L, "SHA-512",
          0x14L, "SHA3-512",
          0x15L, "SHA3-384",
          0x16L, "SHA3-256",
          0x17L, "SHA3-224");

  private HashedBlocks() {}

  /** The same bytes as a raw block of each function, its digest cut to 20 bytes, to 21, whole. */
  public static List<Block> of(byte[] bytes) {
    List<Block> blocks = new ArrayList<>();
    FUNCTIONS.forEach(
        (code, algorithm) -> {
          byte[] digest = digest(algorithm, bytes);
          for (int length : new int[] {20, 21, digest.length}) {
            Multihash hash = Multihash.of(code, Arrays.copyOf(digest, length));
            blocks.add(new Block(Cid.v1(Multicodec.RAW, hash), bytes));
          }
        });
    return blocks;
  }

  /** The digest of bytes. */
  public static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
