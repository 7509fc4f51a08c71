package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes DAG-CBOR whose keys come in their order already, without objects for each value: a receipt
 * is written for each call, so what it takes is counted first and then written to where it stays.
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

  private final @Nullable ByteBuffer out;
  private int length;

  /**
   * Writes, or counts only.
   *
   * @param out where it goes; null to count
   */
  CborOut(@Nullable ByteBuffer out) {
    this.out = out;
  }

  /** Bytes so far. */
  int length() {
    return length;
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
    if (out != null) {
      out.put(utf8);
    }
    length += utf8.length;
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
    if (out != null) {
      for (int i = 0; i < count; i++) {
        out.put((byte) text.charAt(i));
      }
    }
    length += count;
    return true;
  }

  /** A link is tag 42 over its bytes behind a zero. */
  void link(Cid cid) {
    int bytes = cid.encodedLength();
    head(TAG, LINK_TAG);
    head(BYTES, bytes + 1);
    if (out != null) {
      out.put((byte) 0);
      cid.write(out);
    }
    length += 1 + bytes;
  }

  /** A value that is DAG-CBOR already. */
  void raw(ByteString encoded) {
    if (out != null) {
      encoded.write(out);
    }
    length += encoded.size();
  }

  private void head(int major, long value) {
    int width = value < ONE_BYTE ? 0 : value <= 0xff ? 1 : value <= 0xffff ? 2 : wide(value);
    int first = width == 0 ? (int) value : ONE_BYTE + Integer.numberOfTrailingZeros(width);
    if (out != null) {
      out.put((byte) (major << 5 | first));
      for (int shift = (width - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        out.put((byte) (value >>> shift));
      }
    }
    length += 1 + width;
  }

  private static int wide(long value) {
    return value <= 0xffffffffL ? Integer.BYTES : Long.BYTES;
  }
}
