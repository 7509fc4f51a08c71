package dev.limpet.protocol.tlog;

import dev.limpet.content.cid.Sha256;
import java.util.Arrays;

/**
 * A hash in a Merkle tree: SHA-256, with a byte in front that keeps leaves and inner nodes apart
 * (RFC 6962, section 2.1).
 */
public final class TreeHash {
  /** Bytes of a hash. */
  public static final int BYTES = Sha256.BYTES;

  /** The root of the tree without leaves: SHA-256 of nothing. */
  public static final TreeHash EMPTY = new TreeHash(Sha256.of(new byte[0]));

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private final byte[] bytes;

  private TreeHash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A hash that was written down.
   *
   * @throws IllegalArgumentException when it has not {@link #BYTES} bytes
   */
  public static TreeHash of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /**
   * A hash in the middle of an array.
   *
   * @throws IllegalArgumentException when it has not {@link #BYTES} bytes
   */
  public static TreeHash of(byte[] bytes, int offset, int length) {
    if (length != BYTES) {
      throw new IllegalArgumentException("a hash has " + BYTES + " bytes, not " + length);
    }
    return new TreeHash(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** The hash of an entry. */
  public static TreeHash leaf(byte[] entry) {
    return leaf(entry, 0, entry.length);
  }

  /** The hash of an entry that is a part of an array. */
  public static TreeHash leaf(byte[] bytes, int offset, int length) {
    return new TreeHash(Sha256.of(LEAF, bytes, offset, length));
  }

  /** Writes the hash of an entry that is a part of an array to the beginning of another array. */
  static void leaf(byte[] bytes, int offset, int length, byte[] target) {
    Sha256.write(LEAF, bytes, offset, length, target);
  }

  /** Writes the hash of a node over the two that an array is to the beginning of another array. */
  static void node(byte[] pair, byte[] target) {
    Sha256.write(NODE, pair, 0, 2 * BYTES, target);
  }

  /**
   * The root of a complete subtree.
   *
   * @param hashes of its leaves, or of the roots of equal subtrees below it, one behind the other:
   *     a power of two of them; the array is used up
   */
  public static TreeHash root(byte[] hashes) {
    byte[] node = new byte[BYTES];
    for (int length = hashes.length; length > BYTES; length /= 2) {
      for (int at = 0; at < length; at += 2 * BYTES) {
        Sha256.write(NODE, hashes, at, 2 * BYTES, node);
        System.arraycopy(node, 0, hashes, at / 2, BYTES);
      }
    }
    return of(hashes, 0, BYTES);
  }

  /** The hash of a node over two others. */
  public static TreeHash node(TreeHash left, TreeHash right) {
    return new TreeHash(Sha256.of(NODE, left.bytes, right.bytes));
  }

  /** Writes the bytes into an array that has room for them. */
  void write(byte[] target, int at) {
    System.arraycopy(bytes, 0, target, at, BYTES);
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TreeHash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** In base64, as checkpoints and proofs have it. */
  @Override
  public String toString() {
    return StrictBase64.encode(bytes);
  }
}
