package dev.limpet.wasmgate;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over a module that trusts nothing: every read is checked against the end of the part
 * that is being read (a section, a function body), LEB128 numbers have at most as many bytes as
 * their width needs and no bits beyond it (padding up to that is legal, and linkers use it), names
 * are strict UTF-8. Whatever is wrong ends in {@link MalformedModuleException}.
 *
 * <p>Parts nest by {@link #enter} and {@link #leave}, a fixed number of levels deep; nothing here
 * recurses. {@link #bytesRead()} counts the work done, also for bytes that were read twice, so that
 * tests can show that work is linear in size.
 */
final class WasmReader {
  private static final long U32_MASK = 0xffff_ffffL;

  private final byte[] bytes;
  private int position;
  private int end;
  private long bytesRead;

  WasmReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /** A reader of the range from {@code start} to {@code end}, which must lie in the array. */
  WasmReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  int position() {
    return position;
  }

  int remaining() {
    return end - position;
  }

  boolean hasRemaining() {
    return position < end;
  }

  /** All bytes that were read so far, those read twice counted twice. */
  long bytesRead() {
    return bytesRead;
  }

  /** Confines reading to the next {@code length} bytes; give the answer to {@link #leave}. */
  int enter(long length, String what) {
    if (length > remaining()) {
      throw malformed(what + " says " + length + " bytes, but only " + remaining() + " follow");
    }
    int outer = end;
    end = position + (int) length;
    return outer;
  }

  /** Ends a part that must have been read to its last byte. */
  void leave(int outerEnd, String what) {
    if (position != end) {
      throw malformed(what + " is " + remaining() + " bytes longer than its content");
    }
    end = outerEnd;
  }

  /** Jumps to the end of the current part. */
  void skipPart() {
    position = end;
  }

  int u8() {
    if (position >= end) {
      throw malformed("the part that is being read ends too early");
    }
    bytesRead++;
    return bytes[position++] & 0xff;
  }

  /** The next byte, which stays the next. */
  int peek() {
    int next = u8();
    position--;
    return next;
  }

  void skip(long count) {
    if (count > remaining()) {
      throw malformed(count + " bytes are needed, but only " + remaining() + " follow");
    }
    position += (int) count;
  }

  /** An unsigned number below 2^32. */
  long u32() {
    return leb(32, false) & U32_MASK;
  }

  /** An unsigned number that must be below {@code size}, and below 2^31 when that is not known. */
  int index(long size, String what) {
    long index = u32();
    if (index >= size || index > Integer.MAX_VALUE) {
      throw malformed("there is no " + what + " " + index);
    }
    return (int) index;
  }

  int s32() {
    return (int) leb(32, true);
  }

  /** A signed number of 33 bits, the type of a block. */
  long s33() {
    return leb(33, true);
  }

  long s64() {
    return leb(64, true);
  }

  /**
   * An unsigned number of 64 bits, as a memory with 64-bit addresses has; negative from 2^63 on.
   */
  long u64() {
    return leb(64, false);
  }

  private long leb(int width, boolean signed) {
    long value = 0;
    int shift = 0;
    int next;
    do {
      next = u8();
      if (shift + 7 >= width) {
        requireLastByte(next, width - shift, signed);
      }
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next >= 0x80);
    if (signed && shift < 64 && (next & 0x40) != 0) {
      value |= -1L << shift;
    }
    return value;
  }

  /** The last possible byte of a number may use only the bits that its width leaves. */
  private void requireLastByte(int last, int bitsLeft, boolean signed) {
    if (last >= 0x80) {
      throw malformed("a number is longer than its type allows");
    }
    int unused = signed ? last >> (bitsLeft - 1) : last >> bitsLeft;
    boolean isSignExtension = signed && unused == 0x7f >> (bitsLeft - 1);
    if (unused != 0 && !isSignExtension) {
      throw malformed("a number is larger than its type allows");
    }
  }

  /** A name: its length in bytes, then strict UTF-8. */
  String name() {
    long length = u32();
    if (length > GateLimits.MAX_NAME_BYTES) {
      String detail = "At byte " + position + " a name has " + length + " bytes; the limit is ";
      throw new MalformedModuleException(Rule.NAME_TOO_LONG, detail + GateLimits.MAX_NAME_BYTES);
    }
    int start = position;
    skip(length);
    bytesRead += length;
    try {
      ByteBuffer utf8 = ByteBuffer.wrap(bytes, start, (int) length);
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a name is not UTF-8");
    }
  }

  /** What is wrong, at this place. */
  MalformedModuleException malformed(String what) {
    return new MalformedModuleException(Rule.MALFORMED, "At byte " + position + " " + what);
  }
}
