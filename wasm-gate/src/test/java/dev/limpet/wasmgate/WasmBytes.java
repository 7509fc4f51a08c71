package dev.limpet.wasmgate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A growing array of bytes that knows the number formats of wasm. Chainable. */
public final class WasmBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Appends single bytes, each given as an int of 0..255. */
  public WasmBytes bytes(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  /** Appends an array as it is. */
  public WasmBytes append(byte[] values) {
    bytes.writeBytes(values);
    return this;
  }

  /** Appends a copy of {@code value} bytes, all the same. */
  public WasmBytes fill(int value, int count) {
    for (int i = 0; i < count; i++) {
      bytes.write(value);
    }
    return this;
  }

  /** Appends an unsigned LEB128 number in its shortest form. */
  public WasmBytes u32(long value) {
    long rest = value;
    while (rest >= 0x80) {
      bytes.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return this;
  }

  /** Appends an unsigned number in five bytes, as linkers do for numbers that they patch. */
  public WasmBytes paddedU32(int value) {
    for (int i = 0; i < 4; i++) {
      bytes.write(((value >>> (7 * i)) & 0x7f) | 0x80);
    }
    bytes.write(value >>> 28);
    return this;
  }

  /** Appends a signed LEB128 number in its shortest form. */
  public WasmBytes s64(long value) {
    long rest = value;
    while (rest < -0x40 || rest >= 0x40) {
      bytes.write((int) (rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    bytes.write((int) (rest & 0x7f));
    return this;
  }

  /** Appends the length of the text in UTF-8, and the text. */
  public WasmBytes name(String text) {
    return vector(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends the length of the array, and the array. */
  public WasmBytes vector(byte[] values) {
    return u32(values.length).append(values);
  }

  /** Appends a section: its id, its length, its content. */
  public WasmBytes section(int id, byte[] content) {
    return bytes(id).vector(content);
  }

  /** How many bytes there are so far. */
  public int size() {
    return bytes.size();
  }

  /** A copy of all bytes so far. */
  public byte[] toBytes() {
    return bytes.toByteArray();
  }
}
