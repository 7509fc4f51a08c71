package dev.limpet.content.ipld;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads strict DAG-CBOR, either into values ({@link #read}) or only for its links ({@link #scan}).
 *
 * <p>Invariants: nothing is allocated by a stated length before that many bytes are known to be
 * there; recursion is bounded by {@link DagCbor#MAX_CBOR_DEPTH}; every fault is a {@link
 * MalformedBlockException} that has the offset, or a {@link ContentLimitException}.
 */
final class DagCborReader {
  static final int FALSE = 0xf4;
  static final int TRUE = 0xf5;
  static final int NULL = 0xf6;
  static final int FLOAT64 = 0xfb;
  static final int LINK_TAG = 42;

  private static final int MAJOR_SHIFT = 5;
  private static final int INFO_MASK = 0x1f;
  private static final int SMALL = 24;
  private static final int LARGEST_INFO = 27;

  /** The major types of RFC 8949, in the order of their numbers. */
  enum Major {
    UNSIGNED(0),
    NEGATIVE(1),
    BYTES(2),
    TEXT(3),
    LIST(4),
    MAP(5),
    TAG(6),
    SIMPLE(7);

    /** The first byte of a head of this type, with the argument zero. */
    final int head;

    Major(int number) {
      this.head = number << MAJOR_SHIFT;
    }

    private static final Major[] BY_NUMBER = values();
  }

  private final ByteBuffer in;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private int values;

  DagCborReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  void requireEnd() {
    if (in.hasRemaining()) {
      throw malformed(in.remaining() + " bytes follow the value");
    }
  }

  /** Reads one value; {@code depth} is the number of lists and maps around it. */
  Ipld read(int depth) {
    requireDepth(depth);
    if (++values > DagCbor.MAX_CBOR_VALUES) {
      throw new ContentLimitException(
          "the dag-cbor has more than " + DagCbor.MAX_CBOR_VALUES + " values");
    }
    int first = nextByte();
    return switch (major(first)) {
      case UNSIGNED -> integer(number(first), false);
      case NEGATIVE -> integer(number(first), true);
      case BYTES -> new Ipld.Bytes(bytes(length(first)));
      case TEXT -> new Ipld.Text(text(length(first)));
      case LIST -> readList(length(first), depth);
      case MAP -> readMap(length(first), depth);
      case TAG -> new Ipld.LinkNode(link(first));
      case SIMPLE -> readSimple(first);
    };
  }

  /** Checks one value and reports its links. */
  void scan(int depth, Consumer<Cid> links) {
    requireDepth(depth);
    int first = nextByte();
    switch (major(first)) {
      case UNSIGNED, NEGATIVE -> number(first);
      case BYTES -> slice(length(first));
      case TEXT -> decode(slice(length(first)));
      case LIST -> {
        int length = length(first);
        for (int i = 0; i < length; i++) {
          scan(depth + 1, links);
        }
      }
      case MAP -> {
        int length = length(first);
        ByteBuffer previous = null;
        for (int i = 0; i < length; i++) {
          previous = key(previous);
          decode(previous.duplicate());
          scan(depth + 1, links);
        }
      }
      case TAG -> links.accept(link(first));
      case SIMPLE -> readSimple(first);
    }
  }

  private Ipld readList(int length, int depth) {
    // Every item takes a byte at least: length() has checked that they can be there.
    List<Ipld> items = new ArrayList<>(Math.min(length, SMALL));
    for (int i = 0; i < length; i++) {
      items.add(read(depth + 1));
    }
    return new Ipld.ListNode(items);
  }

  private Ipld readMap(int length, int depth) {
    Map<String, Ipld> entries = new LinkedHashMap<>();
    ByteBuffer previous = null;
    for (int i = 0; i < length; i++) {
      previous = key(previous);
      String key = decode(previous.duplicate());
      entries.put(key, read(depth + 1));
    }
    return new Ipld.MapNode(entries);
  }

  /** Shorter keys first, then by their bytes: so a doubled key is out of order too. */
  private ByteBuffer key(@Nullable ByteBuffer previous) {
    int first = nextByte();
    if (major(first) != Major.TEXT) {
      throw malformed("a map key is not text");
    }
    ByteBuffer key = slice(length(first));
    if (previous != null && compareKeys(previous, key) >= 0) {
      throw malformed("map keys are doubled or not in order");
    }
    return key;
  }

  private static int compareKeys(ByteBuffer left, ByteBuffer right) {
    int byLength = Integer.compare(left.remaining(), right.remaining());
    return byLength != 0 ? byLength : Arrays.compareUnsigned(array(left), array(right));
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private Ipld readSimple(int first) {
    return switch (first) {
      case FALSE -> new Ipld.Bool(false);
      case TRUE -> new Ipld.Bool(true);
      case NULL -> new Ipld.Null();
      case FLOAT64 -> readFloat();
      default -> throw malformed("a simple value or short float 0x" + Integer.toHexString(first));
    };
  }

  private Ipld readFloat() {
    if (in.remaining() < Double.BYTES) {
      throw malformed("it ends too early");
    }
    return new Ipld.Float(in.getDouble());
  }

  private Cid link(int first) {
    if (argument(first) != LINK_TAG) {
      throw malformed("a tag that is not 42, the link's");
    }
    int next = nextByte();
    if (major(next) != Major.BYTES) {
      throw malformed("a link is not bytes");
    }
    ByteBuffer bytes = slice(length(next));
    if (!bytes.hasRemaining() || bytes.get() != 0) {
      throw malformed("a link does not start with the zero byte");
    }
    try {
      return Cid.decodeLink(array(bytes));
    } catch (CidFormatException e) {
      throw new MalformedBlockException(
          "not dag-cbor at byte " + in.position() + ": a link is no CID: " + e.getMessage(), e);
    }
  }

  private byte[] bytes(int length) {
    return array(slice(length));
  }

  private String text(int length) {
    return decode(slice(length));
  }

  private String decode(ByteBuffer text) {
    try {
      return utf8.decode(text).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedBlockException(
          "not dag-cbor at byte " + in.position() + ": a text is not UTF-8", e);
    }
  }

  private ByteBuffer slice(int length) {
    ByteBuffer slice = in.slice(in.position(), length);
    in.position(in.position() + length);
    return slice;
  }

  /** A length or count: never more than the bytes that remain, as each item takes one at least. */
  private int length(int first) {
    long length = argument(first);
    if (length > in.remaining()) {
      throw malformed("it ends too early");
    }
    return (int) length;
  }

  /** The argument as a number without a sign, beyond which DAG-CBOR has none. */
  private static Ipld integer(long unsigned, boolean negative) {
    if (unsigned >= 0) {
      return new Ipld.Int(negative ? ~unsigned : unsigned);
    }
    BigInteger number = new BigInteger(Long.toUnsignedString(unsigned));
    return Ipld.BigInt.of(negative ? number.not() : number);
  }

  private long argument(int first) {
    long value = number(first);
    if (value < 0) {
      throw malformed("a length or tag has more than 63 bits");
    }
    return value;
  }

  /** An argument of up to 64 bits, without a sign. */
  private long number(int first) {
    int info = first & INFO_MASK;
    if (info < SMALL) {
      return info;
    }
    if (info > LARGEST_INFO) {
      throw malformed("an indefinite or reserved length");
    }
    int size = 1 << (info - SMALL);
    if (in.remaining() < size) {
      throw malformed("it ends too early");
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = (value << Byte.SIZE) | (in.get() & 0xff);
    }
    long smallestOfSize = size == 1 ? SMALL : 1L << (size * Byte.SIZE / 2);
    if (Long.compareUnsigned(value, smallestOfSize) < 0) {
      throw malformed("an integer or length is not in its shortest form");
    }
    return value;
  }

  private static Major major(int first) {
    return Major.BY_NUMBER[first >> MAJOR_SHIFT];
  }

  private int nextByte() {
    if (!in.hasRemaining()) {
      throw malformed("it ends too early");
    }
    return in.get() & 0xff;
  }

  private static void requireDepth(int depth) {
    if (depth > DagCbor.MAX_CBOR_DEPTH) {
      throw new ContentLimitException(
          "the dag-cbor is nested more than " + DagCbor.MAX_CBOR_DEPTH + " deep");
    }
  }

  private MalformedBlockException malformed(String what) {
    return new MalformedBlockException("not dag-cbor at byte " + in.position() + ": " + what);
  }
}
