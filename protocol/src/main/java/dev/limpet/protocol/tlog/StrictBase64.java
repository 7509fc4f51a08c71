package dev.limpet.protocol.tlog;

import java.util.Base64;

/** Standard base64 with padding (RFC 4648, section 4), of which each value has one spelling. */
final class StrictBase64 {
  private StrictBase64() {}

  static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Refuses missing padding and bits that do not count with {@link IllegalArgumentException}. */
  static byte[] decode(String text) {
    byte[] bytes = Base64.getDecoder().decode(text);
    if (!encode(bytes).equals(text)) {
      throw new IllegalArgumentException("this base64 could be written in another way");
    }
    return bytes;
  }
}
