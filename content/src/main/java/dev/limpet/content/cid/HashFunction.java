package dev.limpet.content.cid;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The hash functions that blocks are checked with: those of the multihash table that IPFS
 * implementations accept, every Java has, and nobody has found a collision of.
 */
enum HashFunction {
  SHA2_256(Multicodec.SHA2_256, "sha2-256", "SHA-256", 32),
  SHA2_512(0x13, "sha2-512", "SHA-512", 64),
  SHA3_512(0x14, "sha3-512", "SHA3-512", 64),
  SHA3_384(0x15, "sha3-384", "SHA3-384", 48),
  SHA3_256(0x16, "sha3-256", "SHA3-256", 32),
  SHA3_224(0x17, "sha3-224", "SHA3-224", 28);

  /** Longest digest of all. */
  static final int LONGEST_DIGEST_BYTES = 64;

  /** For messages: what is supported besides. */
  static final String NAMES =
      "sha2-256 (0x12), sha2-512 (0x13), sha3 (0x14 to 0x17) and identity (0x0)";

  private static final HashFunction[] ALL = values();

  /** Of the usual one, never used itself: a copy is had without a search through the providers. */
  private static final MessageDigest FIRST_SHA_256 = begin(SHA2_256.algorithm);

  private final long code;
  private final String text;
  private final String algorithm;
  private final int digestBytes;

  HashFunction(long code, String text, String algorithm, int digestBytes) {
    this.code = code;
    this.text = text;
    this.digestBytes = digestBytes;
    this.algorithm = algorithm;
  }

  /** The function of a code of the multihash table, or null when it is not supported. */
  static @Nullable HashFunction of(long code) {
    boolean known = code >= SHA2_256.code && code <= SHA3_224.code;
    return known ? ALL[(int) (code - SHA2_256.code)] : null;
  }

  /** The function of a name of the multihash table, or null when it is not supported. */
  static @Nullable HashFunction named(String text) {
    if (text.equals("sha3")) { // the table has both names
      return SHA3_512;
    }
    for (HashFunction function : ALL) {
      if (function.text.equals(text)) {
        return function;
      }
    }
    return null;
  }

  /** Its code in the multihash table. */
  long code() {
    return code;
  }

  /** Its name in the multihash table. */
  String text() {
    return text;
  }

  /** Length of its whole digest. */
  int digestBytes() {
    return digestBytes;
  }

  /** Something that computes it. */
  MessageDigest begin() {
    if (this != SHA2_256) {
      return begin(algorithm);
    }
    try {
      return (MessageDigest) FIRST_SHA_256.clone();
    } catch (CloneNotSupportedException e) {
      return begin(algorithm); // of a provider that is not the JDK's
    }
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
