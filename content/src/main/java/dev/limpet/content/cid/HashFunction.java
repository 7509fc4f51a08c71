package dev.limpet.content.cid;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The hash functions that blocks are checked with: those of the multihash table that IPFS
 * implementations accept, every Java has, and nobody has found a collision of.
 */
enum HashFunction {
  SHA2_256(Multicodec.SHA2_256, "SHA-256", 32),
  SHA2_512(0x13, "SHA-512", 64),
  SHA3_512(0x14, "SHA3-512", 64),
  SHA3_384(0x15, "SHA3-384", 48),
  SHA3_256(0x16, "SHA3-256", 32),
  SHA3_224(0x17, "SHA3-224", 28);

  /** Longest digest of all. */
  static final int LONGEST_DIGEST_BYTES = 64;

  /** For messages: what is supported besides. */
  static final String NAMES =
      "sha2-256 (0x12), sha2-512 (0x13), sha3 (0x14 to 0x17) and identity (0x0)";

  private static final HashFunction[] ALL = values();

  private final long code;
  private final String algorithm;
  private final int digestBytes;

  HashFunction(long code, String algorithm, int digestBytes) {
    this.code = code;
    this.algorithm = algorithm;
    this.digestBytes = digestBytes;
  }

  /** The function of a code of the multihash table, or null when it is not supported. */
  static @Nullable HashFunction of(long code) {
    boolean known = code >= SHA2_256.code && code <= SHA3_224.code;
    return known ? ALL[(int) (code - SHA2_256.code)] : null;
  }

  /** Length of its whole digest. */
  int digestBytes() {
    return digestBytes;
  }

  /** Something that computes it. */
  MessageDigest begin() {
    return begin(algorithm);
  }

  /** Something that computes a function that Java knows by a name. */
  static MessageDigest begin(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
