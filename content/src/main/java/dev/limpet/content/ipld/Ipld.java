package dev.limpet.content.ipld;

import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of the IPLD data model. Values are immutable and equal by content; an integer is an
 * {@link Int} when it fits and a {@link BigInt} only when it does not.
 */
public sealed interface Ipld {
  /** Nothing. */
  record Null() implements Ipld {}

  /**
   * A truth value.
   *
   * @param value the value
   */
  record Bool(boolean value) implements Ipld {}

  /**
   * An integer.
   *
   * @param value the value
   */
  record Int(long value) implements Ipld {}

  /**
   * An integer that does not fit a {@code long} and still has a form in DAG-CBOR.
   *
   * @param value from -2^64 to 2^64-1, and no long
   */
  record BigInt(BigInteger value) implements Ipld {
    /**
     * Checks the value.
     *
     * @throws MalformedBlockException when it is a long or has no form
     */
    public BigInt {
      if (value.bitLength() != Long.SIZE) {
        throw new MalformedBlockException("an integer is a long or has 64 bits and a sign");
      }
    }

    /**
     * The integer of a value.
     *
     * @param value the value
     * @return an {@link Int} when it fits
     * @throws MalformedBlockException when it has no form
     */
    public static Ipld of(BigInteger value) {
      return value.bitLength() < Long.SIZE ? new Int(value.longValue()) : new BigInt(value);
    }
  }

  /**
   * A number that is no integer by kind, though it may be by value.
   *
   * @param value finite, and not the negative zero, which would be a second zero
   */
  @SuppressWarnings("AvoidCommonTypeNames") // The data model's own name; always said as Ipld.Float.
  record Float(double value) implements Ipld {
    /**
     * Checks the value.
     *
     * @throws MalformedBlockException for NaN, infinities and the negative zero
     */
    public Float {
      if (!Double.isFinite(value) || Double.doubleToRawLongBits(value) == Long.MIN_VALUE) {
        throw new MalformedBlockException("a float cannot be NaN, infinite or -0.0");
      }
    }
  }

  /**
   * A text.
   *
   * @param value well-formed Unicode; checked when it is encoded
   */
  record Text(String value) implements Ipld {}

  /**
   * Bytes.
   *
   * @param value not to be modified
   */
  @SuppressWarnings("ArrayRecordComponent") // Equality is by value below; sharing is the purpose.
  record Bytes(byte[] value) implements Ipld {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return "Bytes[" + value.length + "]";
    }
  }

  /**
   * A list.
   *
   * @param items the values, in order
   */
  record ListNode(List<Ipld> items) implements Ipld {
    /** Copies the list. */
    public ListNode {
      items = List.copyOf(items);
    }
  }

  /**
   * A map from texts, in the order of DAG-CBOR: shorter keys first, then by their UTF-8 bytes.
   *
   * @param entries the values by key
   */
  record MapNode(Map<String, Ipld> entries) implements Ipld {
    private static final Comparator<byte[]> KEY_ORDER =
        Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned);

    /** Copies the map and brings its keys into order. */
    public MapNode {
      List<Keyed> keys = new ArrayList<>(entries.size());
      entries.forEach((key, value) -> keys.add(new Keyed(utf8(key), key, value)));
      keys.sort(Keyed.ORDER);
      LinkedHashMap<String, Ipld> ordered = LinkedHashMap.newLinkedHashMap(keys.size());
      for (Keyed keyed : keys) {
        ordered.put(keyed.key, keyed.value);
      }
      entries = Collections.unmodifiableMap(ordered);
    }

    @SuppressWarnings("ArrayRecordComponent") // A sort key; never compared as a record.
    private record Keyed(byte[] bytes, String key, Ipld value) {
      static final Comparator<Keyed> ORDER = Comparator.comparing(Keyed::bytes, KEY_ORDER);
    }

    private static byte[] utf8(String key) {
      return key.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The value of a key.
     *
     * @param key the key
     * @return the value, or null when the map does not have the key
     */
    public @Nullable Ipld get(String key) {
      return entries.get(key);
    }
  }

  /**
   * A link to another block.
   *
   * @param cid the block
   */
  record LinkNode(Cid cid) implements Ipld {}
}
