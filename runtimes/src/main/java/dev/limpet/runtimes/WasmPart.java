package dev.limpet.runtimes;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A stretch of a module in its binary format, read from its start. */
final class WasmPart {
  /** Kind of an import or export. */
  static final int FUNCTION = 0;

  /** Kind of an import or export. */
  static final int MEMORY = 2;

  private static final int MAX_LEB_BYTES = 5;
  private static final int I32 = 0x7f;

  private final byte[] bytes;
  private final int start;
  private final int end;
  private int at;

  /**
   * A stretch.
   *
   * @throws IndexOutOfBoundsException when it is not within the bytes
   */
  WasmPart(byte[] bytes, int start, int end) {
    if (start > end || end > bytes.length) {
      throw new IndexOutOfBoundsException(end);
    }
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.at = start;
  }

  /** The same, from its start. */
  WasmPart again() {
    return new WasmPart(bytes, start, end);
  }

  byte[] copy() {
    return Arrays.copyOfRange(bytes, start, end);
  }

  boolean more() {
    return at < end;
  }

  int octet() {
    if (at >= end) {
      throw new IndexOutOfBoundsException(at);
    }
    return bytes[at++] & 0xff;
  }

  /** A LEB128 number that fits 31 bits. */
  int number() {
    long value = 0;
    for (int i = 0; i < MAX_LEB_BYTES; i++) {
      int octet = octet();
      value |= (long) (octet & 0x7f) << (7 * i);
      if (octet < 0x80) {
        return Math.toIntExact(value);
      }
    }
    throw new IllegalArgumentException("has a number of more than 32 bits");
  }

  /** How many entries it has. Reads nothing. */
  int count() {
    return again().number();
  }

  /** A stretch whose length is written before it. */
  WasmPart part() {
    int length = number();
    WasmPart part = new WasmPart(bytes, at, Math.addExact(at, length));
    if (part.end > end) {
      throw new IndexOutOfBoundsException(part.end);
    }
    at = part.end;
    return part;
  }

  String text() {
    return new String(part().copy(), StandardCharsets.UTF_8);
  }

  /** Skips octets whose number is written before them, and gives it. */
  int skipOctets() {
    return part().copy().length;
  }

  /** This vector with more entries at its end. */
  byte[] with(int more, Writer entries) {
    WasmPart all = again();
    int count = all.number();
    Writer writer = new Writer().number(count + more);
    writer.out.write(bytes, all.at, end - all.at);
    writer.out.writeBytes(entries.bytes());
    return writer.bytes();
  }

  /** Writes a stretch: numbers, and the instructions of 32 bits that are needed here. */
  static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
      return out.toByteArray();
    }

    Writer octet(int octet) {
      out.write(octet);
      return this;
    }

    Writer number(int value) {
      int left = value;
      while (left >>> 7 != 0) {
        out.write((left & 0x7f) | 0x80);
        left >>>= 7;
      }
      return octet(left);
    }

    private Writer signed(int value) {
      int left = value;
      while (left < -0x40 || left > 0x3f) {
        out.write((left & 0x7f) | 0x80);
        left >>= 7;
      }
      return octet(left & 0x7f);
    }

    /** Another stretch, with its length before it. */
    Writer sized(Writer other) {
      byte[] all = other.bytes();
      number(all.length);
      out.writeBytes(all);
      return this;
    }

    Writer export(String name, int kind, int number) {
      byte[] text = name.getBytes(StandardCharsets.UTF_8);
      number(text.length);
      out.writeBytes(text);
      return octet(kind).number(number);
    }

    Writer locals(int count) {
      return number(1).number(count).octet(I32);
    }

    Writer block() {
      return octet(0x02).octet(0x40);
    }

    Writer loop() {
      return octet(0x03).octet(0x40);
    }

    Writer end() {
      return octet(0x0b);
    }

    Writer branch(int depth) {
      return octet(0x0c).number(depth);
    }

    Writer branchIf(int depth) {
      return octet(0x0d).number(depth);
    }

    Writer call(int function) {
      return octet(0x10).number(function);
    }

    Writer drop() {
      return octet(0x1a);
    }

    Writer get(int local) {
      return octet(0x20).number(local);
    }

    Writer set(int local) {
      return octet(0x21).number(local);
    }

    Writer tee(int local) {
      return octet(0x22).number(local);
    }

    Writer stackPointer() {
      return octet(0x23).number(0);
    }

    Writer setStackPointer() {
      return octet(0x24).number(0);
    }

    Writer load(int offset) {
      return octet(0x28).octet(2).number(offset);
    }

    Writer loadOctet() {
      return octet(0x2d).octet(0).number(0);
    }

    Writer storeOctet(int offset) {
      return octet(0x3a).octet(0).number(offset);
    }

    Writer constant(int value) {
      return octet(0x41).signed(value);
    }

    Writer notEqual() {
      return octet(0x47);
    }

    Writer more() {
      return octet(0x4b);
    }

    Writer notLess() {
      return octet(0x4f);
    }

    Writer add() {
      return octet(0x6a);
    }

    Writer subtract() {
      return octet(0x6b);
    }

    Writer multiply() {
      return octet(0x6c);
    }

    Writer and() {
      return octet(0x71);
    }

    Writer shiftLeft() {
      return octet(0x74);
    }

    Writer shiftRight() {
      return octet(0x76);
    }

    /** One local plus twice another. */
    Writer position(int base, int index) {
      return get(base).get(index).constant(1).shiftLeft().add();
    }
  }
}
