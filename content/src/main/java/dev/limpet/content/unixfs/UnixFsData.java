package dev.limpet.content.unixfs;

import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Varint;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protobuf message in the data field of a UnixFS node (UnixFS specification, "Data"). Fields
 * that are absent are empty or -1. Written in field order, lists unpacked, as all implementations
 * write them; read in any order, packed or not.
 *
 * @param type what the node is
 * @param data bytes in the node itself, the target of a symlink, or the bitfield of a HAMT
 * @param fileSize bytes of the file below this node, or -1
 * @param blockSizes bytes of the file below each link
 * @param shard hash function and fanout of a HAMT, else null
 * @param metadata permissions and time of last change
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record UnixFsData(
    Type type,
    byte[] data,
    long fileSize,
    List<Long> blockSizes,
    @Nullable Shard shard,
    Metadata metadata) {
  /** Node types. */
  enum Type {
    RAW(0),
    DIRECTORY(1),
    FILE(2),
    METADATA(3),
    SYMLINK(4),
    HAMT_SHARD(5);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    static Type of(long number) {
      for (Type type : values()) {
        if (type.number == number) {
          return type;
        }
      }
      throw new MalformedBlockException("a UnixFS node has the unknown type " + number);
    }
  }

  /** Parameters of a HAMT shard. */
  record Shard(long hashType, long fanout) {}

  /**
   * What a node says about the file that it was.
   *
   * @param mode Unix permissions, or -1
   * @param mtimeSeconds last change in seconds since 1970
   * @param mtimeNanos nanoseconds after that, or -1 when the last change is not known
   */
  record Metadata(int mode, long mtimeSeconds, int mtimeNanos) {
    static final Metadata ABSENT = new Metadata(-1, 0, -1);

    boolean isAbsent() {
      return equals(ABSENT);
    }
  }

  private static final int WIRE_VARINT = 0;
  private static final int WIRE_64 = 1;
  private static final int WIRE_BYTES = 2;
  private static final int WIRE_32 = 5;

  static UnixFsData directory() {
    return plain(Type.DIRECTORY, new byte[0]);
  }

  static UnixFsData symlink(byte[] target) {
    return plain(Type.SYMLINK, target);
  }

  static UnixFsData file(long size, List<Long> blockSizes) {
    return new UnixFsData(
        Type.FILE, new byte[0], size, List.copyOf(blockSizes), null, Metadata.ABSENT);
  }

  static UnixFsData shard(byte[] bitfield, Shard shard) {
    return new UnixFsData(Type.HAMT_SHARD, bitfield, -1, List.of(), shard, Metadata.ABSENT);
  }

  /** A file, or a part of one, whose bytes are in the node. */
  static UnixFsData leaf(byte[] bytes) {
    return new UnixFsData(Type.FILE, bytes, bytes.length, List.of(), null, Metadata.ABSENT);
  }

  /** A part of a file in a trickled tree, which other implementations give the old type. */
  static UnixFsData part(byte[] bytes) {
    return new UnixFsData(Type.RAW, bytes, bytes.length, List.of(), null, Metadata.ABSENT);
  }

  UnixFsData with(Metadata changed) {
    return new UnixFsData(type, data, fileSize, blockSizes, shard, changed);
  }

  private static UnixFsData plain(Type type, byte[] data) {
    return new UnixFsData(type, data, -1, List.of(), null, Metadata.ABSENT);
  }

  byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 + data.length + 5 * blockSizes.size());
    field(out, 1, type.number);
    if (data.length > 0) {
      out.write(2 << 3 | WIRE_BYTES);
      out.writeBytes(Varint.encode(data.length));
      out.writeBytes(data);
    }
    if (fileSize >= 0) {
      field(out, 3, fileSize);
    }
    blockSizes.forEach(size -> field(out, 4, size));
    if (shard != null) {
      field(out, 5, shard.hashType());
      field(out, 6, shard.fanout());
    }
    if (metadata.mode() >= 0) {
      field(out, 7, metadata.mode());
    }
    if (metadata.mtimeNanos() >= 0) {
      byte[] time = time(metadata);
      out.write(8 << 3 | WIRE_BYTES);
      out.writeBytes(Varint.encode(time.length));
      out.writeBytes(time);
    }
    return out.toByteArray();
  }

  /** Seconds as a varint, nanoseconds as four bytes unless they are 0. */
  private static byte[] time(Metadata metadata) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(16);
    out.write(1 << 3 | WIRE_VARINT);
    long seconds = metadata.mtimeSeconds();
    if (seconds >= 0) {
      out.writeBytes(Varint.encode(seconds));
    } else {
      // Ten bytes of protobuf's, which are one more than a varint of the multiformats has.
      for (int shift = 0; shift < 63; shift += 7) {
        out.write(((int) (seconds >>> shift) & 0x7f) | 0x80);
      }
      out.write(1);
    }
    int nanos = metadata.mtimeNanos();
    if (nanos > 0) {
      out.write(2 << 3 | WIRE_32);
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        out.write(nanos >>> shift);
      }
    }
    return out.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, int number, long value) {
    out.write(number << 3 | WIRE_VARINT);
    out.writeBytes(Varint.encode(value));
  }

  /**
   * Reads the message.
   *
   * @throws MalformedBlockException when it is cut, of unknown type or has fields of wrong form
   */
  static UnixFsData decode(byte[] message) {
    Decoder decoder = new Decoder(ByteBuffer.wrap(message));
    try {
      return decoder.decode();
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw new MalformedBlockException("a UnixFS node does not parse: " + e.getMessage(), e);
    }
  }

  private static final class Decoder {
    private final ByteBuffer in;
    private final List<Long> blockSizes = new ArrayList<>();
    private @Nullable Type type;
    private byte[] data = new byte[0];
    private long fileSize = -1;
    private long hashType = -1;
    private long fanout = -1;
    private int mode = -1;
    private long mtime;
    private int nanos = -1;

    Decoder(ByteBuffer in) {
      this.in = in;
    }

    UnixFsData decode() {
      while (in.hasRemaining()) {
        long tag = Varint.read(in);
        readField(tag >>> 3, (int) (tag & 7));
      }
      if (type == null) {
        throw new MalformedBlockException("a UnixFS node has no type");
      }
      Shard shard = type == Type.HAMT_SHARD ? new Shard(hashType, fanout) : null;
      return new UnixFsData(
          type, data, fileSize, List.copyOf(blockSizes), shard, new Metadata(mode, mtime, nanos));
    }

    private void readField(long number, int wire) {
      if (number == 1 && wire == WIRE_VARINT) {
        type = Type.of(Varint.read(in));
      } else if (number == 2 && wire == WIRE_BYTES) {
        data = bytes();
      } else if (number == 3 && wire == WIRE_VARINT) {
        fileSize = Varint.read(in);
      } else if (number == 4 && wire == WIRE_VARINT) {
        blockSizes.add(Varint.read(in));
      } else if (number == 4 && wire == WIRE_BYTES) {
        ByteBuffer packed = ByteBuffer.wrap(bytes());
        while (packed.hasRemaining()) {
          blockSizes.add(Varint.read(packed));
        }
      } else if (number == 5 && wire == WIRE_VARINT) {
        hashType = Varint.read(in);
      } else if (number == 6 && wire == WIRE_VARINT) {
        fanout = Varint.read(in);
      } else if (number == 7 && wire == WIRE_VARINT) {
        mode = (int) Varint.read(in) & 07777;
      } else if (number == 8 && wire == WIRE_BYTES) {
        time(new Decoder(ByteBuffer.wrap(bytes())));
      } else {
        skip(wire);
      }
    }

    private byte[] bytes() {
      long length = Varint.read(in);
      if (length > in.remaining()) {
        throw new MalformedBlockException("a UnixFS node ends too early");
      }
      byte[] bytes = new byte[(int) length];
      in.get(bytes);
      return bytes;
    }

    /** Seconds and nanoseconds of a UnixTime. */
    private void time(Decoder message) {
      nanos = 0;
      while (message.in.hasRemaining()) {
        long tag = Varint.read(message.in);
        if (tag == (1 << 3 | WIRE_VARINT)) {
          mtime = message.signed();
        } else if (tag == (2 << 3 | WIRE_32)) {
          nanos = Math.max(0, Integer.reverseBytes(message.in.getInt()));
        } else {
          message.skip((int) (tag & 7));
        }
      }
    }

    /** A number with a sign: ten bytes when it is negative. */
    private long signed() {
      long value = 0;
      for (int shift = 0; shift < 70; shift += 7) {
        byte next = in.get();
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new MalformedBlockException("a UnixFS node has a time of more than 64 bits");
    }

    private void skip(int wire) {
      switch (wire) {
        case WIRE_VARINT -> Varint.read(in);
        case WIRE_64 -> in.position(Math.addExact(in.position(), 8));
        case WIRE_BYTES -> bytes();
        case WIRE_32 -> in.position(Math.addExact(in.position(), 4));
        default -> throw new MalformedBlockException("a UnixFS node has a field of unknown form");
      }
    }
  }
}
