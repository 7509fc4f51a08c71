package dev.limpet.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * A few immutable bytes that travel in JSON: a key, a signature, a small block. In JSON and in text
 * it is base64url without padding (RFC 4648, section 5); exactly one spelling is accepted.
 */
public final class ByteString {
  /** Bits of the last character that do not count, by the length of the text modulo four. */
  private static final int[] STRAY_BITS = {0, 0, 0b1111, 0b11};

  private final byte[] bytes;

  private ByteString(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of these bytes. */
  public static ByteString of(byte[] bytes) {
    return new ByteString(bytes.clone());
  }

  /**
   * Reads base64url.
   *
   * @throws IllegalArgumentException for padding, other alphabets, and spellings with bits set that
   *     do not count
   */
  public static ByteString parse(String text) {
    byte[] bytes = decode(text);
    int stray = STRAY_BITS[text.length() % 4];
    if (stray != 0 && (sextet(text.charAt(text.length() - 1)) & stray) != 0) {
      throw new IllegalArgumentException("the last character of this base64url has stray bits");
    }
    return new ByteString(bytes);
  }

  /** The JDK's decoder knows the alphabet, and forgives padding. */
  private static byte[] decode(String text) {
    if (text.length() % 4 != 1 && text.indexOf('=') < 0) {
      try {
        return Base64.getUrlDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("expected base64url without padding", e);
      }
    }
    throw new IllegalArgumentException("expected base64url without padding");
  }

  /** What a character of the alphabet stands for: six bits. */
  private static int sextet(char c) {
    if (c >= 'a') {
      return c - 'a' + 26;
    }
    if (c == '_') {
      return 63;
    }
    if (c >= 'A') {
      return c - 'A';
    }
    return c == '-' ? 62 : c - '0' + 52;
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** These bytes themselves, which nobody else has, and who gives them does not change. */
  static ByteString adopt(byte[] bytes) {
    return new ByteString(bytes);
  }

  /** Writes the bytes into a buffer that has room for them. */
  public void write(ByteBuffer buffer) {
    buffer.put(bytes);
  }

  /** How many bytes these are. */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Base64url without padding. */
  @Override
  public String toString() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
