package dev.limpet.protocol;

import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A few immutable bytes that travel in JSON: a key, a signature, a small block. In JSON and in text
 * it is base64url without padding (RFC 4648, section 5); exactly one spelling is accepted.
 */
public final class ByteString {
  private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]*");

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
    if (!BASE64URL.matcher(text).matches() || text.length() % 4 == 1) {
      throw new IllegalArgumentException("expected base64url without padding");
    }
    ByteString value = new ByteString(Base64.getUrlDecoder().decode(text));
    if (!value.toString().equals(text)) {
      throw new IllegalArgumentException("the last character of this base64url has stray bits");
    }
    return value;
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
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
