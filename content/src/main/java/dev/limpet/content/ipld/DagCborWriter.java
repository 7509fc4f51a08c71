package dev.limpet.content.ipld;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.DagCborReader.Major;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes one value in its only form; see {@link DagCbor}. */
final class DagCborWriter {
  private static final int SMALL = 24;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] toBytes() {
    return out.toByteArray();
  }

  void write(Ipld value, int depth) {
    if (depth > DagCbor.MAX_CBOR_DEPTH) {
      throw new ContentLimitException(
          "values are nested more than " + DagCbor.MAX_CBOR_DEPTH + " deep");
    }
    switch (value) {
      case Ipld.Null() -> out.write(DagCborReader.NULL);
      case Ipld.Bool(boolean bool) -> out.write(bool ? DagCborReader.TRUE : DagCborReader.FALSE);
      case Ipld.Int(long number) -> writeInt(number);
      case Ipld.BigInt(BigInteger number) -> writeBigInt(number);
      case Ipld.Float(double number) -> writeFloat(number);
      case Ipld.Text(String text) -> writeText(text);
      case Ipld.Bytes(byte[] bytes) -> writeBytes(bytes);
      case Ipld.LinkNode(Cid cid) -> writeLink(cid);
      case Ipld.ListNode list -> {
        writeHead(Major.LIST, list.items().size());
        for (Ipld item : list.items()) {
          write(item, depth + 1);
        }
      }
      case Ipld.MapNode map -> {
        writeHead(Major.MAP, map.entries().size());
        for (Map.Entry<String, Ipld> entry : map.entries().entrySet()) {
          writeText(entry.getKey());
          write(entry.getValue(), depth + 1);
        }
      }
    }
  }

  private void writeInt(long number) {
    if (number >= 0) {
      writeHead(Major.UNSIGNED, number);
    } else {
      writeHead(Major.NEGATIVE, ~number);
    }
  }

  private void writeBigInt(BigInteger number) {
    boolean positive = number.signum() > 0;
    out.write((positive ? Major.UNSIGNED : Major.NEGATIVE).head | (SMALL + 3));
    writeBigEndian((positive ? number : number.not()).longValue(), Long.BYTES);
  }

  private void writeFloat(double number) {
    out.write(DagCborReader.FLOAT64);
    writeBigEndian(Double.doubleToRawLongBits(number), Long.BYTES);
  }

  private void writeText(String text) {
    requireWholePairs(text);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeHead(Major.TEXT, utf8.length);
    out.writeBytes(utf8);
  }

  /** The JDK would write a question mark for half a pair. */
  static void requireWholePairs(String text) {
    int i = 0;
    while (i < text.length()) {
      boolean half = Character.isSurrogate(text.charAt(i));
      if (half
          && (i + 1 == text.length()
              || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1)))) {
        throw new MalformedBlockException("a text has half a surrogate pair");
      }
      i += half ? 2 : 1;
    }
  }

  private void writeBytes(byte[] bytes) {
    writeHead(Major.BYTES, bytes.length);
    out.writeBytes(bytes);
  }

  private void writeLink(Cid cid) {
    byte[] bytes = cid.toBytes();
    writeHead(Major.TAG, DagCborReader.LINK_TAG);
    writeHead(Major.BYTES, bytes.length + 1);
    out.write(0);
    out.writeBytes(bytes);
  }

  private void writeHead(Major major, long argument) {
    if (argument < SMALL) {
      out.write(major.head | (int) argument);
      return;
    }
    int bits = Long.SIZE - Long.numberOfLeadingZeros(argument);
    int sizeLog2 = bits <= Byte.SIZE ? 0 : bits <= Short.SIZE ? 1 : bits <= Integer.SIZE ? 2 : 3;
    out.write(major.head | (SMALL + sizeLog2));
    writeBigEndian(argument, 1 << sizeLog2);
  }

  private void writeBigEndian(long value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.write((int) (value >>> (i * Byte.SIZE)));
    }
  }
}
