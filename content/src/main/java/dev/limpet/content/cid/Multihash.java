package dev.limpet.content.cid;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A hash with the code of its function: SHA2-256, SHA2-512 or SHA3 with a digest that may be cut to
 * {@value #MIN_DIGEST_BYTES} bytes, or identity (the data itself) up to {@value
 * #MAX_IDENTITY_BYTES} bytes. Every other function is refused, so that whoever holds a Multihash
 * can check it; only links inside of values may have others ({@link Cid#decodeLink}), which can be
 * shown and written again, and are never followed.
 */
public final class Multihash implements Comparable<Multihash> {
  /** Longest identity digest; what the IPFS implementations agreed on. */
  public static final int MAX_IDENTITY_BYTES = 128;

  /** Longest digest of a function that this build does not compute; the longest in use has 64. */
  public static final int MAX_FOREIGN_BYTES = 128;

  /** Shortest digest that is accepted of a function, as in Kubo: collisions take 2^80 hashes. */
  public static final int MIN_DIGEST_BYTES = 20;

  /** Longest digest of a function. */
  public static final int MAX_DIGEST_BYTES = HashFunction.LONGEST_DIGEST_BYTES;

  /** Length of a {@link #key}. */
  public static final int KEY_BYTES = 32;

  private static final String KEY_ALGORITHM = "SHA-512/256";

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

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
   * @param code a code of the multihash table
   * @param digest the digest, or its first bytes; copied
   * @return the multihash
   * @throws CidFormatException when the function is not supported or has no digest of this length
   */
  public static Multihash of(long code, byte[] digest) {
    check(code, digest.length);
    return new Multihash(code, digest.clone());
  }

  /**
   * Hashes data with any function that blocks are checked with.
   *
   * @param code the multihash code of the function
   * @param data the bytes
   * @return its multihash
   * @throws CidFormatException when the function is not supported
   */
  public static Multihash hash(long code, byte[] data) {
    HashFunction function = HashFunction.of(code);
    if (function == null) {
      throw new CidFormatException(
          "the hash function 0x%x is not supported; %s are".formatted(code, HashFunction.NAMES));
    }
    return of(code, function.begin().digest(data));
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
    return new Multihash(Multicodec.SHA2_256, Sha256.of(data, offset, length));
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
    if (foreign && !isAlwaysChecked(code) && !fits(code, length)) {
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

  /** Whether no link may have it with a digest that cannot be checked. */
  private static boolean isAlwaysChecked(long code) {
    return code == Multicodec.SHA2_256 || code == Multicodec.IDENTITY;
  }

  private static boolean fits(long code, long length) {
    HashFunction function = HashFunction.of(code);
    return function == null
        ? code == Multicodec.IDENTITY && length <= MAX_IDENTITY_BYTES
        : length >= MIN_DIGEST_BYTES && length <= function.digestBytes();
  }

  private static void checkForeign(long length) {
    if (length > MAX_FOREIGN_BYTES) {
      throw new CidFormatException(
          "a digest has at most " + MAX_FOREIGN_BYTES + " bytes, not " + length);
    }
  }

  private static void check(long code, long length) {
    if (fits(code, length)) {
      return;
    }
    HashFunction function = HashFunction.of(code);
    if (function != null) {
      throw new CidFormatException(
          "a digest of 0x%x has %d to %d bytes, not %d"
              .formatted(code, MIN_DIGEST_BYTES, function.digestBytes(), length));
    }
    throw new CidFormatException(
        code == Multicodec.IDENTITY
            ? "an identity digest has at most " + MAX_IDENTITY_BYTES + " bytes, not " + length
            : "the hash function 0x%x is not supported; %s are"
                .formatted(code, HashFunction.NAMES));
  }

  /**
   * The code of a hash function that blocks are checked with.
   *
   * @param name as the multihash table has it, such as {@code sha2-256}
   * @return the code; empty when the function is not supported
   */
  public static OptionalLong functionCode(String name) {
    HashFunction function = HashFunction.named(name);
    return function == null ? OptionalLong.empty() : OptionalLong.of(function.code());
  }

  /**
   * The name of the hash function in the multihash table.
   *
   * @return for example {@code sha2-256}
   * @throws IllegalStateException when it is not one that blocks are checked with
   */
  public String functionName() {
    HashFunction function = HashFunction.of(code);
    if (function == null) {
      throw new IllegalStateException("no function that can be checked: 0x%x".formatted(code));
    }
    return function.text();
  }

  /**
   * Whether this build computes the function; false only for hashes in links.
   *
   * @return false when nothing can ever be known to match
   */
  public boolean isVerifiable() {
    return fits(code, digest.length);
  }

  /**
   * Whether this is the multihash of some data.
   *
   * @param data the data
   * @return true when hashing the data with this function gives this digest
   */
  public boolean matches(byte[] data) {
    if (code == Multicodec.IDENTITY) {
      return Arrays.equals(digest, data);
    }
    return isVerifiable() && matchesDigest(begin().digest(data));
  }

  /** Checks data that comes in parts. */
  public final class Check {
    private final MessageDigest computed = begin();

    private Check() {}

    /**
     * The next part.
     *
     * @param data the array
     * @param offset first byte
     * @param length number of bytes
     */
    public void update(byte[] data, int offset, int length) {
      computed.update(data, offset, length);
    }

    /**
     * Ends it.
     *
     * @return whether this is the multihash of all parts together
     */
    public boolean matches() {
      return matchesDigest(computed.digest());
    }
  }

  /**
   * Begins to check data that comes in parts.
   *
   * @return has seen nothing yet
   * @throws IllegalStateException when there is nothing to compute, see {@link #isVerifiable} and
   *     {@link #isIdentity}
   */
  public Check check() {
    return new Check();
  }

  private MessageDigest begin() {
    HashFunction function = isVerifiable() ? HashFunction.of(code) : null;
    if (function == null) {
      throw new IllegalStateException("0x%x cannot be computed".formatted(code));
    }
    return function.begin();
  }

  private boolean matchesDigest(byte[] whole) {
    return Arrays.equals(digest, 0, digest.length, whole, 0, digest.length);
  }

  /**
   * What a store keeps a block by, {@value #KEY_BYTES} bytes: the digest itself when it is a whole
   * one of SHA2-256, else the SHA-512/256 of this multihash. So equal keys are equal multihashes,
   * as long as nobody finds a collision between the two functions; see {@link #isKey}.
   *
   * @return a new array
   */
  public byte[] key() {
    return isKey() ? digest.clone() : HashFunction.begin(KEY_ALGORITHM).digest(toBytes());
  }

  /**
   * Whether the digest is the {@link #key}. Anybody can write a SHA2-256 multihash with the key of
   * another one as its digest, of which nothing is ever the hash; whoever looks up by keys must
   * compare this as well.
   *
   * @return true for a whole digest of SHA2-256
   */
  public boolean isKey() {
    return code == Multicodec.SHA2_256 && digest.length == KEY_BYTES;
  }

  /**
   * The beginning of the digest, for tables in which the whole is compared as well.
   *
   * @return its first 8 bytes as a number; 0 when it is shorter
   */
  public long first64() {
    return digest.length < Long.BYTES ? 0 : word(0);
  }

  /**
   * Eight bytes of the digest, for tables that keep it as numbers.
   *
   * @param index which eight: 0 for the first, 3 for the last of SHA2-256
   * @return these as a number, as {@link #first64} is one
   * @throws IndexOutOfBoundsException when the digest has no such bytes
   */
  public long word(int index) {
    return (long) WORD.get(digest, index * Long.BYTES);
  }

  /**
   * The function's code.
   *
   * @return a code of the multihash table
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

  /** Whether only digests tell the two apart, so that what is written before these is the same. */
  boolean isAlike(Multihash other) {
    return code == other.code && digest.length == other.digest.length;
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
