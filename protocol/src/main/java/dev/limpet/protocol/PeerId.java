package dev.limpet.protocol;

import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Multibase;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Who a node is: its Ed25519 public key in the form that libp2p and Kubo use, {@code 12D3Koo…}.
 * That is base58btc (without a multibase prefix) of an identity multihash over the public key in
 * libp2p's protobuf (libp2p specs, peer ids and keys); the key can be read back out of it.
 */
public final class PeerId implements Comparable<PeerId> {
  /** Bytes of an Ed25519 public key (RFC 8032). */
  public static final int PUBLIC_KEY_BYTES = 32;

  /** Before the key in protobuf: field 1 = key type 1 (Ed25519), field 2 = 32 bytes. */
  private static final byte[] KEY_PREFIX = {0x08, 0x01, 0x12, PUBLIC_KEY_BYTES};

  /** Before that in an id: identity multihash, 36 bytes. */
  private static final byte[] HASH_PREFIX = {0x00, 0x24};

  private static final int TEXT_CHARS = 52;

  private final byte[] publicKey;
  private final String text;

  private PeerId(byte[] publicKey) {
    this.publicKey = publicKey;
    byte[] key = toProtobuf();
    byte[] bytes =
        ByteBuffer.allocate(HASH_PREFIX.length + key.length).put(HASH_PREFIX).put(key).array();
    this.text = Multibase.BASE58BTC.encode(bytes);
  }

  /**
   * The id of the holder of this key.
   *
   * @throws IllegalArgumentException when it is not 32 bytes long
   */
  public static PeerId of(byte[] publicKey) {
    if (publicKey.length != PUBLIC_KEY_BYTES) {
      throw new IllegalArgumentException("an Ed25519 public key has 32 bytes");
    }
    return new PeerId(publicKey.clone());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException when it is not the id of an Ed25519 key
   */
  public static PeerId parse(String text) {
    if (text.length() != TEXT_CHARS) {
      throw notPeerId();
    }
    byte[] bytes;
    try {
      bytes = Multibase.BASE58BTC.decode(text);
    } catch (CidFormatException e) {
      throw new IllegalArgumentException(notPeerId().getMessage(), e);
    }
    if (!begins(bytes, HASH_PREFIX)) {
      throw notPeerId();
    }
    return ofProtobuf(Arrays.copyOfRange(bytes, HASH_PREFIX.length, bytes.length));
  }

  /**
   * The id of the holder of a public key in libp2p's protobuf.
   *
   * @throws IllegalArgumentException when it is not an Ed25519 key
   */
  public static PeerId ofProtobuf(byte[] key) {
    if (key.length != KEY_PREFIX.length + PUBLIC_KEY_BYTES || !begins(key, KEY_PREFIX)) {
      throw notPeerId();
    }
    return new PeerId(Arrays.copyOfRange(key, KEY_PREFIX.length, key.length));
  }

  private static boolean begins(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static IllegalArgumentException notPeerId() {
    return new IllegalArgumentException("expected a peer id of an Ed25519 key: 12D3Koo…");
  }

  /** A copy of the 32 bytes of the public key. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** The public key in libp2p's protobuf, 36 bytes. */
  public byte[] toProtobuf() {
    return ByteBuffer.allocate(KEY_PREFIX.length + PUBLIC_KEY_BYTES)
        .put(KEY_PREFIX)
        .put(publicKey)
        .array();
  }

  @Override
  public int compareTo(PeerId other) {
    return text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PeerId that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The text form, 52 characters. */
  @Override
  public String toString() {
    return text;
  }
}
