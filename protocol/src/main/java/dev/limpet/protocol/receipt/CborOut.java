package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Writes DAG-CBOR whose keys come in their order already, without objects for each value: a receipt
 * is written for each call, so what it takes is counted first and then written into one array of
 * that size. Integers are not negative.
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

  private final byte[] out;
  private final boolean counts;
  private int length;

  private CborOut(byte[] out, boolean counts) {
    this.out = out;
    this.counts = counts;
  }

  /**
   * What is written.
   *
   * @param value writes it, twice, and the same each time
   */
  static byte[] write(Consumer<CborOut> value) {
    CborOut counted = new CborOut(new byte[0], true);
    value.accept(counted);
    CborOut written = new CborOut(new byte[counted.length], false);
    value.accept(written);
    return written.out;
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
    raw(utf8);
  }

  /** Nearly all text is, and needs no array of its own; false, and nothing written, when not. */
  private boolean ascii(String text) {
    int before = length;
    int count = text.length();
    head(TEXT, count);
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        length = before;
        return false;
      }
      if (!counts) {
        out[length + i] = (byte) c;
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
    if (counts) {
      length += 1 + bytes;
      return;
    }
    out[length++] = 0;
    raw(cid.toBytes());
  }

  /** A value that is DAG-CBOR already. */
  void raw(byte[] encoded) {
    if (!counts) {
      System.arraycopy(encoded, 0, out, length, encoded.length);
    }
    length += encoded.length;
  }

  private void head(int major, long value) {
    int width = value < ONE_BYTE ? 0 : value <= 0xff ? 1 : value <= 0xffff ? 2 : wide(value);
    int first = width == 0 ? (int) value : ONE_BYTE + Integer.numberOfTrailingZeros(width);
    if (counts) {
      length += 1 + width;
      return;
    }
    out[length++] = (byte) (major << 5 | first);
    for (int shift = (width - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      out[length++] = (byte) (value >>> shift);
    }
  }

  private static int wide(long value) {
    return value <= 0xffffffffL ? Integer.BYTES : Long.BYTES;
  }
}
