package dev.limpet.protocol.ipns;

import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Varint;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.TreeMap;

/**
 * The protobuf message of a record: fields 1 to 9, of which some are bytes and some are numbers;
 * each at most once. Fields of other numbers are left out of what is read.
 */
final class IpnsFields {
  static final int VALUE = 1;
  static final int SIGNATURE_V1 = 2;
  static final int VALIDITY_TYPE = 3;
  static final int VALIDITY = 4;
  static final int SEQUENCE = 5;
  static final int TTL = 6;
  static final int PUBLIC_KEY = 7;
  static final int SIGNATURE_V2 = 8;
  static final int DATA = 9;

  private static final int WIRE_VARINT = 0;
  private static final int WIRE_64 = 1;
  private static final int WIRE_BYTES = 2;
  private static final int WIRE_32 = 5;
  private static final int WIRE_BITS = 3;
  private static final int WIRE_MASK = 7;

  private final TreeMap<Integer, byte[]> bytes = new TreeMap<>();
  private final TreeMap<Integer, Long> numbers = new TreeMap<>();

  IpnsFields with(int field, byte[] value) {
    bytes.put(field, value);
    return this;
  }

  IpnsFields with(int field, long value) {
    numbers.put(field, value);
    return this;
  }

  /** No bytes when the field is absent. */
  byte[] bytes(int field) {
    return bytes.getOrDefault(field, new byte[0]);
  }

  /** 0 when the field is absent. */
  long number(int field) {
    return numbers.getOrDefault(field, 0L);
  }

  byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    for (int field = VALUE; field <= DATA; field++) {
      byte[] value = bytes.get(field);
      Long number = numbers.get(field);
      if (value != null) {
        out.write(field << WIRE_BITS | WIRE_BYTES);
        out.writeBytes(Varint.encode(value.length));
        out.writeBytes(value);
      } else if (number != null) {
        out.write(field << WIRE_BITS | WIRE_VARINT);
        out.writeBytes(Varint.encode(number));
      }
    }
    return out.toByteArray();
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException when it is none, with a sentence
   */
  static IpnsFields decode(byte[] message) {
    IpnsFields fields = new IpnsFields();
    ByteBuffer in = ByteBuffer.wrap(message);
    try {
      while (in.hasRemaining()) {
        fields.read(in);
      }
    } catch (CidFormatException e) {
      throw new IllegalArgumentException("an IPNS record is no protobuf: " + e.getMessage(), e);
    }
    return fields;
  }

  private void read(ByteBuffer in) {
    long tag = Varint.read(in);
    long field = tag >>> WIRE_BITS;
    Object before = null;
    switch ((int) (tag & WIRE_MASK)) {
      case WIRE_VARINT -> {
        long value = Varint.read(in);
        before = field <= DATA ? numbers.put((int) field, value) : null;
      }
      case WIRE_BYTES -> {
        byte[] value = take(in, Varint.read(in));
        before = field <= DATA ? bytes.put((int) field, value) : null;
      }
      case WIRE_64 -> take(in, Long.BYTES);
      case WIRE_32 -> take(in, Integer.BYTES);
      default -> throw new IllegalArgumentException("an IPNS record is no protobuf: a group");
    }
    if (before != null) {
      throw new IllegalArgumentException("an IPNS record has the field " + field + " twice");
    }
  }

  private static byte[] take(ByteBuffer in, long length) {
    if (length > in.remaining()) {
      throw new IllegalArgumentException("an IPNS record ends too early");
    }
    byte[] taken = new byte[(int) length];
    in.get(taken);
    return taken;
  }
}
