package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes DAG-CBOR whose keys come in their order already, without objects for each value: a receipt
 * is written for each call. From the first value on for which there is no room it only counts.
 * Integers are not negative.
 */
final class CborOut {
  private static final int UNSIGNED = 0;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int LIST = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int LINK_TAG = 42;
  private static final int ONE_BYTE = 24;

  private @Nullable ByteBuffer out;
  private int length;

  /**
   * Writes, or counts only.
   *
   * @param out where it goes; null to count
   */
  CborOut(@Nullable ByteBuffer out) {
    this.out = out;
  }

  /** Bytes so far, whether or not they were written. */
  int length() {
    return length;
  }

  /** Counts more bytes; where these go, or null when they are counted only. */
  private @Nullable ByteBuffer more(int bytes) {
    length += bytes;
    ByteBuffer to = out;
    if (to != null && to.remaining() < bytes) {
      out = null;
      return null;
    }
    return to;
  }

  void map(int entries) {
    head(MAP, entries);
  }

  void list(int items) {
    head(LIST, items);
  }

  void number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a receipt has no negative numbers");
    }
    head(UNSIGNED, value);
  }

  /** A key or another text. */
  void text(String text) {
    if (ascii(text)) {
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    head(TEXT, utf8.length);
    ByteBuffer to = more(utf8.length);
    if (to != null) {
      to.put(utf8);
    }
  }

  /** Nearly all text is, and needs no array of its own; false, and nothing written, when not. */
  private boolean ascii(String text) {
    int count = text.length();
    for (int i = 0; i < count; i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    head(TEXT, count);
    ByteBuffer to = more(count);
    if (to != null) {
      for (int i = 0; i < count; i++) {
        to.put((byte) text.charAt(i));
      }
    }
    return true;
  }

  /** A link is tag 42 over its bytes behind a zero. */
  void link(Cid cid) {
    int bytes = cid.encodedLength();
    head(TAG, LINK_TAG);
    head(BYTES, bytes + 1);
    ByteBuffer to = more(1 + bytes);
    if (to != null) {
      to.put((byte) 0);
      cid.write(to);
    }
  }

  /** A byte string. */
  void bytes(ByteString bytes) {
    head(BYTES, bytes.size());
    raw(bytes);
  }

  /** A value that is DAG-CBOR already. */
  void raw(ByteString encoded) {
    ByteBuffer to = more(encoded.size());
    if (to != null) {
      encoded.write(to);
    }
  }

  private void head(int major, long value) {
    int width = value < ONE_BYTE ? 0 : value <= 0xff ? 1 : value <= 0xffff ? 2 : wide(value);
    int first = width == 0 ? (int) value : ONE_BYTE + Integer.numberOfTrailingZeros(width);
    ByteBuffer to = more(1 + width);
    if (to != null) {
      to.put((byte) (major << 5 | first));
      for (int shift = (width - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        to.put((byte) (value >>> shift));
      }
    }
  }

  private static int wide(long value) {
    return value <= 0xffffffffL ? Integer.BYTES : Long.BYTES;
  }
}
