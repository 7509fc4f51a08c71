package dev.limpet.content.cid;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256. What is here as a whole is hashed by digests that are used again: a new one costs as
 * much memory as a small block, and the first of all a look-up among Java's providers.
 */
public final class Sha256 {
  /** Length of a digest. */
  public static final int BYTES = 32;

  /** Idle digests; a power of two, and more than threads that hash at the same moment. */
  static final int MAX_IDLE_DIGESTS = 64;

  private static final AtomicReferenceArray<@Nullable MessageDigest> IDLE =
      new AtomicReferenceArray<>(MAX_IDLE_DIGESTS);

  private Sha256() {}

  /** For what comes in parts: a digest of the caller's own, which has seen nothing yet. */
  public static MessageDigest begin() {
    return HashFunction.SHA2_256.begin();
  }

  /** The digest of these bytes, 32 bytes. */
  public static byte[] of(byte[] data) {
    return of(data, 0, data.length);
  }

  /** The digest of a part of an array, 32 bytes. */
  public static byte[] of(byte[] data, int offset, int length) {
    MessageDigest digest = take();
    try {
      digest.update(data, offset, length);
      return digest.digest();
    } finally {
      giveBack(digest);
    }
  }

  /**
   * The digest of a byte, which tells one kind of content from another, and two parts behind it.
   *
   * @param kind the byte
   * @param first follows it
   * @param second follows that
   */
  public static byte[] of(byte kind, byte[] first, byte[] second) {
    MessageDigest digest = take();
    try {
      digest.update(kind);
      digest.update(first);
      digest.update(second);
      return digest.digest();
    } finally {
      giveBack(digest);
    }
  }

  /**
   * The digest of a byte, which tells one kind of content from another, and a part of an array.
   *
   * @param kind the byte
   * @param data has the part
   * @param offset where it begins
   * @param length bytes of it
   */
  public static byte[] of(byte kind, byte[] data, int offset, int length) {
    byte[] digest = new byte[BYTES];
    write(kind, data, offset, length, digest);
    return digest;
  }

  /**
   * Writes the digest of a byte, which tells one kind of content from another, and a part of an
   * array behind it, to where it is kept; what many hashes are made of is not allocated for each.
   *
   * @param kind the byte
   * @param data the array, which may be the target as well
   * @param offset first byte of the part
   * @param length number of bytes
   * @param target takes the {@value #BYTES} bytes of the digest at its beginning
   */
  public static void write(byte kind, byte[] data, int offset, int length, byte[] target) {
    MessageDigest digest = take();
    try {
      digest.update(kind);
      digest.update(data, offset, length);
      digest.digest(target, 0, BYTES);
    } catch (DigestException e) {
      throw new IllegalArgumentException("there is no room for a digest", e);
    } finally {
      giveBack(digest);
    }
  }

  private static int place() {
    return (int) Thread.currentThread().threadId() & MAX_IDLE_DIGESTS - 1;
  }

  private static MessageDigest take() {
    MessageDigest idle = IDLE.getAndSet(place(), null);
    return idle == null ? begin() : idle;
  }

  /** Whatever it had begun, it begins anew. */
  private static void giveBack(MessageDigest digest) {
    digest.reset();
    IDLE.set(place(), digest);
  }
}
