package dev.limpet.content.car;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CAR as it comes, of version 1 or of version 2, which has one of version 1 in it: the
 * header, then one section after the other, each a varint length, a CID and a block. Nothing is
 * trusted: lengths are bounded before anything is allocated, blocks are hashed, and an end in the
 * middle is an error. Holds one block at a time.
 *
 * <p>Not for use by several threads.
 */
public final class CarReader implements AutoCloseable {
  private static final int MAX_SECTION_BYTES = Cid.MAX_CID_BYTES + Block.MAX_BLOCK_BYTES;

  private final InputStream in;
  private final CarLimits limits;
  private final List<Cid> roots;
  private byte[] passing = new byte[0];
  private long offset;
  private long sections;

  /** The byte behind the data: where the stream ends, or where a CARv2 says. */
  private long end = Long.MAX_VALUE;

  /**
   * Reads the header.
   *
   * @param in the CAR; closed with this reader
   * @param limits how much is read at most
   * @throws CarFormatException when the stream does not start with the header of a CAR
   * @throws IOException when the stream fails
   */
  public CarReader(InputStream in, CarLimits limits) throws IOException {
    this.in = in;
    this.limits = limits;
    this.roots = readHeader();
  }

  /**
   * The roots that the header names; a CAR may hold less, or more, than what lies below them.
   *
   * @return 0 to {@link CarLimits#MAX_ROOTS}
   */
  public List<Cid> roots() {
    return roots;
  }

  /**
   * Reads one block.
   *
   * @return the next block, its hash checked, or null at the end of the data; what a CARv2 has
   *     behind it is not read
   * @throws CarFormatException when the CAR is cut or malformed; the message has the offset
   * @throws HashMismatchException when a block is not what its CID says
   * @throws ContentLimitException when the CAR is larger than the limits
   * @throws IOException when the stream fails
   */
  public @Nullable Block next() throws IOException {
    return next(byte[]::new);
  }

  /**
   * Reads one block like {@link #next} for a sink that gets it at once. Where that holds nothing,
   * blocks of one length come in one array: <b>the bytes are valid until the next block is asked
   * for.</b>
   *
   * @param sink where the block goes before the next is read
   * @return the next block, its hash checked, or null at the end of the data
   * @throws CarFormatException as {@link #next}
   * @throws HashMismatchException as {@link #next}
   * @throws ContentLimitException as {@link #next}
   * @throws IOException when the stream fails
   */
  public @Nullable Block nextFor(BlockSink sink) throws IOException {
    return sink.holdsNothing() ? next(this::passing) : next();
  }

  private byte[] passing(int length) {
    if (passing.length != length) {
      passing = new byte[length];
    }
    return passing;
  }

  private @Nullable Block next(IntFunction<byte[]> arrays) throws IOException {
    long start = offset;
    int length = readLength(MAX_SECTION_BYTES, "section");
    if (length < 0) {
      return null;
    }
    if (length == 0) {
      throw new CarFormatException("the CAR has an empty section at byte " + start);
    }
    count(start, length);
    byte[] prefix = readFully(Math.min(length, Cid.MAX_CID_BYTES), start);
    ByteBuffer buffer = ByteBuffer.wrap(prefix);
    Cid cid = readCid(buffer, start);
    byte[] bytes = arrays.apply(length - buffer.position());
    int known = buffer.remaining();
    buffer.get(bytes, 0, known);
    readInto(bytes, known, start);
    Block block = new Block(cid, bytes);
    if (!cid.multihash().matches(bytes)) {
      throw new HashMismatchException(cid, "of the CAR's section at byte " + start);
    }
    return block;
  }

  /**
   * How far the stream was read.
   *
   * @return bytes
   */
  public long offset() {
    return offset;
  }

  /** Closes the stream. */
  @Override
  public void close() throws IOException {
    in.close();
  }

  private List<Cid> readHeader() throws IOException {
    byte[] header = readHeaderBytes();
    if (!CarV2.isPragma(header)) {
      return CarHeader.decode(header, 0);
    }
    CarV2 second = CarV2.read(readFully(CarV2.HEADER_BYTES, offset));
    if (second.end() > limits.bytes()) {
      throw new ContentLimitException("the CAR has more than " + limits.bytes() + " bytes");
    }
    skipTo(second.dataOffset());
    end = second.end();
    return CarHeader.decode(readHeaderBytes(), second.dataOffset());
  }

  private byte[] readHeaderBytes() throws IOException {
    long start = offset;
    int length = readLength(CarLimits.MAX_HEADER_BYTES, "header");
    if (length <= 0) {
      throw new CarFormatException("not a CAR: it has no header at byte " + start);
    }
    return readFully(length, start);
  }

  private void skipTo(long position) throws IOException {
    long start = offset;
    while (offset < position) {
      long skipped = in.skip(position - offset);
      if (skipped == 0 && in.read() >= 0) {
        skipped = 1;
      }
      if (skipped <= 0) {
        throw cut(start);
      }
      offset += skipped;
    }
  }

  private void count(long start, int length) {
    sections++;
    if (sections > limits.sections()) {
      throw new ContentLimitException("the CAR has more than " + limits.sections() + " blocks");
    }
    if (start > limits.bytes() - length) {
      throw new ContentLimitException("the CAR has more than " + limits.bytes() + " bytes");
    }
  }

  private static Cid readCid(ByteBuffer buffer, long start) {
    try {
      return Cid.read(buffer);
    } catch (CidFormatException e) {
      throw new CarFormatException(
          "the CAR's section at byte " + start + " has a bad CID: " + e.getMessage(), e);
    }
  }

  /** A varint that is at most {@code limit}, or -1 when the stream ends before its first byte. */
  private int readLength(int limit, String what) throws IOException {
    long start = offset;
    long value = 0;
    for (int shift = 0; value <= limit; shift += 7) {
      int next = offset < end ? in.read() : -1;
      if (next < 0) {
        if (shift == 0) {
          return -1;
        }
        throw cut(start);
      }
      offset++;
      value |= (long) (next & 0x7f) << shift;
      if ((next & 0x80) == 0) {
        if (next == 0 && shift > 0) {
          throw new CarFormatException("the CAR's length at byte " + start + " is not minimal");
        }
        if (value <= limit) {
          return (int) value;
        }
      } else if (shift >= 28) {
        break;
      }
    }
    throw new CarFormatException(
        "the CAR's " + what + " at byte " + start + " is longer than " + limit + " bytes");
  }

  private byte[] readFully(int length, long start) throws IOException {
    byte[] bytes = new byte[length];
    readInto(bytes, 0, start);
    return bytes;
  }

  private void readInto(byte[] bytes, int from, long start) throws IOException {
    int wanted = bytes.length - from;
    if (wanted > end - offset) {
      throw new CarFormatException(
          "what begins at byte " + start + " of the CAR goes beyond the end of its data, " + end);
    }
    int read = in.readNBytes(bytes, from, wanted);
    offset += read;
    if (read < wanted) {
      throw cut(start);
    }
  }

  private CarFormatException cut(long start) {
    return new CarFormatException(
        "the CAR ends at byte " + offset + ", in the middle of what began at byte " + start);
  }
}
