package dev.limpet.protocol.tlog;

import dev.limpet.content.cid.Sha256;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A hash in a Merkle tree: SHA-256, with a byte in front that keeps leaves and inner nodes apart
 * (RFC 6962, section 2.1).
 */
public final class TreeHash {
  /** Bytes of a hash. */
  public static final int BYTES = 32;

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

  /** The hash of a node over two others. */
  public static TreeHash node(TreeHash left, TreeHash right) {
    return new TreeHash(Sha256.of(NODE, left.bytes, right.bytes));
  }

  /** Appends the bytes. */
  public void write(ByteArrayOutputStream out) {
    out.write(bytes, 0, BYTES);
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
