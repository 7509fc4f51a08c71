package dev.limpet.content.cid;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The text forms of bytes that this build reads and writes, each with its multibase prefix.
 *
 * <p>Decoding is strict: only the alphabet's own letters, no padding, unused trailing bits zero, so
 * that in each base exactly one text stands for given bytes.
 */
public enum Multibase {
  /** RFC 4648 base32, lower case, no padding: the usual form of a CIDv1. */
  BASE32('b', "abcdefghijklmnopqrstuvwxyz234567"),
  /** Base36, lower case: the usual form of IPNS names, short enough for one DNS label. */
  BASE36('k', "0123456789abcdefghijklmnopqrstuvwxyz"),
  /** Base58 with Bitcoin's alphabet. */
  BASE58BTC('z', "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
  /** RFC 4648 base64url, no padding. */
  BASE64URL('u', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

  /** Longest text that is decoded: base36 and base58 take time quadratic in the length. */
  public static final int MAX_TEXT_CHARS = 512;

  private static final int ASCII = 128;
  private static final int NO_DIGIT = -1;
  private static final int BYTE_VALUES = 256;

  private final char prefix;
  private final String alphabet;

  @SuppressWarnings("ImmutableEnumChecker") // Written by the constructor only.
  private final byte[] digits = new byte[ASCII];

  /** Bits a letter, or 0 for a base that is no power of two. */
  private final int bits;

  Multibase(char prefix, String alphabet) {
    this.prefix = prefix;
    this.alphabet = alphabet;
    Arrays.fill(digits, (byte) NO_DIGIT);
    for (int i = 0; i < alphabet.length(); i++) {
      digits[alphabet.charAt(i)] = (byte) i;
    }
    int base = alphabet.length();
    this.bits = Integer.bitCount(base) == 1 ? Integer.numberOfTrailingZeros(base) : 0;
  }

  /**
   * The base whose multibase prefix a letter is.
   *
   * @param prefix first letter of a multibase text
   * @return the base
   * @throws CidFormatException when this build does not know the prefix
   */
  public static Multibase ofPrefix(char prefix) {
    for (Multibase base : values()) {
      if (base.prefix == prefix) {
        return base;
      }
    }
    throw new CidFormatException(
        "the first letter must be b (base32), k (base36), z (base58btc) or u (base64url)");
  }

  /** Whether a text in one of the bases may begin with this letter. */
  public static boolean isPrefix(char letter) {
    for (Multibase base : values()) {
      if (base.prefix == letter) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads a text with its prefix.
   *
   * @param text prefix and letters
   * @return the bytes
   * @throws CidFormatException when the text is empty, too long, or not of its base
   */
  public static byte[] decodePrefixed(String text) {
    if (text.isEmpty()) {
      throw new CidFormatException("the text is empty");
    }
    return ofPrefix(text.charAt(0)).decode(text.substring(1));
  }

  /**
   * The prefix and the letters for some bytes.
   *
   * @param bytes any bytes
   * @return the multibase text
   */
  public String encodePrefixed(byte[] bytes) {
    return bits > 0 ? encodeBits(bytes, 1) : prefix + encodeNumber(bytes);
  }

  /**
   * The letters for some bytes, without the prefix.
   *
   * @param bytes any bytes
   * @return the letters
   */
  public String encode(byte[] bytes) {
    return bits > 0 ? encodeBits(bytes, 0) : encodeNumber(bytes);
  }

  /**
   * Reads letters without a prefix.
   *
   * @param letters the letters
   * @return the bytes
   * @throws CidFormatException when the text is too long or not of this base
   */
  public byte[] decode(String letters) {
    if (letters.length() > MAX_TEXT_CHARS) {
      throw new CidFormatException("the text is longer than " + MAX_TEXT_CHARS + " characters");
    }
    return bits > 0 ? decodeBits(letters) : decodeNumber(letters);
  }

  private String encodeBits(byte[] bytes, int prefixes) {
    byte[] text = new byte[prefixes + letters(bytes.length)];
    Arrays.fill(text, 0, prefixes, (byte) prefix);
    encode(bytes, 0, bytes.length, text, prefixes);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** The first letter of texts in this base. */
  char prefix() {
    return prefix;
  }

  /** How many letters so many bytes take, in a base that is a power of two. */
  int letters(int bytes) {
    return (bytes * Byte.SIZE + bits - 1) / bits;
  }

  /**
   * Writes the letters for a part of an array, in a base that is a power of two. Both arrays may be
   * the same one when the letters end where the bytes do: each byte is read before a letter is
   * written over it.
   *
   * @param from the first of the bytes
   * @param count how many these are
   * @param text takes {@link #letters} of them
   * @param at where the first letter goes
   */
  void encode(byte[] bytes, int from, int count, byte[] text, int at) {
    int length = at;
    int pending = 0;
    int pendingBits = 0;
    int mask = alphabet.length() - 1;
    for (int i = from; i < from + count; i++) {
      pending = (pending << Byte.SIZE) | (bytes[i] & 0xff);
      pendingBits += Byte.SIZE;
      while (pendingBits >= bits) {
        pendingBits -= bits;
        text[length++] = (byte) alphabet.charAt((pending >> pendingBits) & mask);
      }
      pending &= (1 << pendingBits) - 1;
    }
    if (pendingBits > 0) {
      text[length] = (byte) alphabet.charAt((pending << (bits - pendingBits)) & mask);
    }
  }

  private byte[] decodeBits(String letters) {
    byte[] bytes = new byte[letters.length() * bits / Byte.SIZE];
    int pending = 0;
    int pendingBits = 0;
    int length = 0;
    for (int i = 0; i < letters.length(); i++) {
      pending = (pending << bits) | digit(letters.charAt(i));
      pendingBits += bits;
      if (pendingBits >= Byte.SIZE) {
        pendingBits -= Byte.SIZE;
        bytes[length++] = (byte) (pending >> pendingBits);
      }
      pending &= (1 << pendingBits) - 1;
    }
    if (pendingBits >= bits || pending != 0) {
      throw new CidFormatException("the text has letters or bits too many at its end");
    }
    return bytes;
  }

  private String encodeNumber(byte[] bytes) {
    int zeros = leadingZeros(bytes);
    // One byte takes less than 1.6 letters in base36 and less than 1.4 in base58.
    byte[] number = new byte[bytes.length * 2];
    int used = 0;
    for (int i = zeros; i < bytes.length; i++) {
      used = multiplyAdd(number, used, BYTE_VALUES, alphabet.length(), bytes[i] & 0xff);
    }
    StringBuilder text = new StringBuilder(zeros + used);
    text.repeat(alphabet.charAt(0), zeros);
    for (int i = used - 1; i >= 0; i--) {
      text.append(alphabet.charAt(number[i]));
    }
    return text.toString();
  }

  private byte[] decodeNumber(String letters) {
    int zeros = 0;
    while (zeros < letters.length() && letters.charAt(zeros) == alphabet.charAt(0)) {
      zeros++;
    }
    byte[] number = new byte[letters.length()];
    int used = 0;
    for (int i = zeros; i < letters.length(); i++) {
      used = multiplyAdd(number, used, alphabet.length(), BYTE_VALUES, digit(letters.charAt(i)));
    }
    byte[] bytes = new byte[zeros + used];
    for (int i = 0; i < used; i++) {
      bytes[zeros + used - 1 - i] = number[i];
    }
    return bytes;
  }

  /** number = number * factor + add, kept least significant digit first in base {@code base}. */
  private static int multiplyAdd(byte[] number, int used, int factor, int base, int add) {
    int carry = add;
    int length = used;
    for (int i = 0; i < used; i++) {
      carry += (number[i] & 0xff) * factor;
      number[i] = (byte) (carry % base);
      carry /= base;
    }
    while (carry > 0) {
      number[length++] = (byte) (carry % base);
      carry /= base;
    }
    return length;
  }

  private static int leadingZeros(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    return zeros;
  }

  private int digit(char letter) {
    int value = letter < ASCII ? digits[letter] : NO_DIGIT;
    if (value == NO_DIGIT) {
      throw new CidFormatException("it has a character that is not of " + describe());
    }
    return value;
  }

  private String describe() {
    return switch (this) {
      case BASE32 -> "base32 (a-z, 2-7)";
      case BASE36 -> "base36 (0-9, a-z)";
      case BASE58BTC -> "base58btc (no 0, O, I, l)";
      case BASE64URL -> "base64url (A-Z, a-z, 0-9, - and _)";
    };
  }
}
