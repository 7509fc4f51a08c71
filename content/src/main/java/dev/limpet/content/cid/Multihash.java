package dev.limpet.content.cid;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A hash with the code of its function: SHA2-256 with its whole digest, or identity (the data
 * itself) up to {@value #MAX_IDENTITY_BYTES} bytes. Every other function is refused, so that
 * whoever holds a Multihash can check it; only links inside of values may have others ({@link
 * Cid#decodeLink}), which can be shown and written again, and are never followed.
 */
public final class Multihash implements Comparable<Multihash> {
  /** Longest identity digest; what the IPFS implementations agreed on. */
  public static final int MAX_IDENTITY_BYTES = 128;

  /** Longest digest of a function that this build does not compute; the longest in use has 64. */
  public static final int MAX_FOREIGN_BYTES = 128;

  private static final int SHA2_256_BYTES = 32;

  private final long code;
  private final byte[] digest;
  private final int hash;

  private Multihash(long code, byte[] digest) {
    this.code = code;
    this.digest = digest;
    this.hash = Arrays.hashCode(digest);
  }

  /**
   * A multihash from its parts.
   *
   * @param code {@link Multicodec#SHA2_256} or {@link Multicodec#IDENTITY}
   * @param digest the digest; copied
   * @return the multihash
   * @throws CidFormatException when the function is not supported or the length is not its own
   */
  public static Multihash of(long code, byte[] digest) {
    check(code, digest.length);
    return new Multihash(code, digest.clone());
  }

  /**
   * Hashes data with SHA2-256.
   *
   * @param data the data
   * @return its multihash
   */
  public static Multihash sha256(byte[] data) {
    return sha256(data, 0, data.length);
  }

  /**
   * Hashes a part of an array with SHA2-256.
   *
   * @param data the array
   * @param offset first byte
   * @param length number of bytes
   * @return the multihash of the part
   */
  public static Multihash sha256(byte[] data, int offset, int length) {
    MessageDigest sha = newSha256();
    sha.update(data, offset, length);
    return new Multihash(Multicodec.SHA2_256, sha.digest());
  }

  /**
   * The identity multihash of data.
   *
   * @param data at most {@value #MAX_IDENTITY_BYTES} bytes; copied
   * @return the multihash that holds the data
   * @throws CidFormatException when the data is longer
   */
  public static Multihash identity(byte[] data) {
    return of(Multicodec.IDENTITY, data);
  }

  /**
   * Reads a multihash and moves the buffer behind it.
   *
   * @param buffer code, length, digest
   * @return the multihash
   * @throws CidFormatException when it is cut, malformed or of a function that is not supported
   */
  public static Multihash read(ByteBuffer buffer) {
    return read(buffer, false);
  }

  /** The same, of any function when {@code foreign}. */
  static Multihash read(ByteBuffer buffer, boolean foreign) {
    long code = Varint.read(buffer);
    long length = Varint.read(buffer);
    if (foreign && !isKnown(code)) {
      checkForeign(length);
    } else {
      check(code, length);
    }
    if (buffer.remaining() < length) {
      throw new CidFormatException("its digest ends too early");
    }
    byte[] digest = new byte[(int) length];
    buffer.get(digest);
    return new Multihash(code, digest);
  }

  private static boolean isKnown(long code) {
    return code == Multicodec.SHA2_256 || code == Multicodec.IDENTITY;
  }

  private static void checkForeign(long length) {
    if (length > MAX_FOREIGN_BYTES) {
      throw new CidFormatException(
          "a digest has at most " + MAX_FOREIGN_BYTES + " bytes, not " + length);
    }
  }

  private static void check(long code, long length) {
    if (code == Multicodec.SHA2_256) {
      if (length != SHA2_256_BYTES) {
        throw new CidFormatException(
            "a sha2-256 digest has 32 bytes, not " + length + "; cut digests are not accepted");
      }
    } else if (code == Multicodec.IDENTITY) {
      if (length > MAX_IDENTITY_BYTES) {
        throw new CidFormatException(
            "an identity digest has at most " + MAX_IDENTITY_BYTES + " bytes, not " + length);
      }
    } else {
      throw new CidFormatException(
          "the hash function 0x"
              + Long.toHexString(code)
              + " is not supported; sha2-256 (0x12) and identity (0x0) are");
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Whether this build computes the function; false only for hashes in links.
   *
   * @return false when nothing can ever be known to match
   */
  public boolean isVerifiable() {
    return isKnown(code);
  }

  /**
   * Whether this is the multihash of some data.
   *
   * @param data the data
   * @return true when hashing the data with this function gives this digest
   */
  public boolean matches(byte[] data) {
    if (!isVerifiable()) {
      return false;
    }
    if (code == Multicodec.IDENTITY) {
      return Arrays.equals(digest, data);
    }
    return Arrays.equals(digest, newSha256().digest(data));
  }

  /**
   * The function's code.
   *
   * @return {@link Multicodec#SHA2_256} or {@link Multicodec#IDENTITY}, or another in a link
   */
  public long code() {
    return code;
  }

  /**
   * Whether the digest is the data itself.
   *
   * @return true for the identity function
   */
  public boolean isIdentity() {
    return code == Multicodec.IDENTITY;
  }

  /**
   * The digest.
   *
   * @return a copy
   */
  public byte[] digest() {
    return digest.clone();
  }

  /**
   * Length of the digest.
   *
   * @return bytes
   */
  public int digestLength() {
    return digest.length;
  }

  /**
   * Code, length and digest.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(encodedLength());
    write(buffer);
    return buffer.array();
  }

  int encodedLength() {
    return Varint.size(code) + Varint.size(digest.length) + digest.length;
  }

  void write(ByteBuffer target) {
    Varint.write(code, target);
    Varint.write(digest.length, target);
    target.put(digest);
  }

  @Override
  public int compareTo(Multihash other) {
    int byCode = Long.compare(code, other.code);
    return byCode != 0 ? byCode : Arrays.compareUnsigned(digest, other.digest);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Multihash that
        && code == that.code
        && hash == that.hash
        && Arrays.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The multibase text (base58btc) of the multihash, for logs. */
  @Override
  public String toString() {
    return Multibase.BASE58BTC.encodePrefixed(toBytes());
  }
}
