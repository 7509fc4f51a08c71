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

  /** identity multihash, 36 bytes: field 1 = key type 1 (Ed25519), field 2 = 32 bytes of key. */
  private static final byte[] PREFIX = {0x00, 0x24, 0x08, 0x01, 0x12, 0x20};

  private static final int TEXT_CHARS = 52;

  private final byte[] publicKey;
  private final String text;

  private PeerId(byte[] publicKey) {
    this.publicKey = publicKey;
    byte[] bytes =
        ByteBuffer.allocate(PREFIX.length + PUBLIC_KEY_BYTES).put(PREFIX).put(publicKey).array();
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
    boolean right =
        bytes.length == PREFIX.length + PUBLIC_KEY_BYTES
            && Arrays.equals(bytes, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    if (!right) {
      throw notPeerId();
    }
    return new PeerId(Arrays.copyOfRange(bytes, PREFIX.length, bytes.length));
  }

  private static IllegalArgumentException notPeerId() {
    return new IllegalArgumentException("expected a peer id of an Ed25519 key: 12D3Koo…");
  }

  /** A copy of the 32 bytes of the public key. */
  public byte[] publicKey() {
    return publicKey.clone();
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
