package dev.limpet.protocol.ipns;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the owner of a name says (IPNS record specification, "Record data").
 *
 * @param value what the name stands for: a path, such as {@code /ipfs/bafy…}
 * @param validity until when this holds
 * @param sequence the greater of two records is the newer; 0 or more
 * @param ttl how long a copy may be used before there is asked again; not negative, 292 years at
 *     most
 */
public record IpnsContent(String value, Instant validity, long sequence, Duration ttl) {
  /** A path of a CID and some names. */
  public static final int MAX_VALUE_BYTES = 4096;

  private static final int LAST_YEAR = 9999;
  private static final int MAX_TIME_CHARS = 40;

  /** RFC 3339, with the nanoseconds that there are. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter()
          .withZone(ZoneOffset.UTC);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is not met, with a sentence
   */
  public IpnsContent {
    if (!value.startsWith("/") || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("an IPNS name stands for a path: /ipfs/… or /ipns/…");
    }
    if (value.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "the path of an IPNS record has " + MAX_VALUE_BYTES + " bytes at most");
    }
    int year = validity.atOffset(ZoneOffset.UTC).getYear();
    if (year < 0 || year > LAST_YEAR) {
      throw new IllegalArgumentException("an IPNS record ends in one of the years 0 to 9999");
    }
    if (sequence < 0 || ttl.isNegative() || ttl.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(
          "the sequence and the ttl of an IPNS record are 0 to 2^63-1");
    }
  }

  /** The path as it stands in a record. */
  byte[] valueBytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  /** The time as it stands in a record. */
  byte[] validityBytes() {
    return TIME.format(validity).getBytes(StandardCharsets.US_ASCII);
  }

  /** The bytes that are signed. */
  byte[] encode() {
    Map<String, Ipld> entries = new LinkedHashMap<>();
    entries.put("TTL", new Ipld.Int(ttl.toNanos()));
    entries.put("Value", new Ipld.Bytes(valueBytes()));
    entries.put("Sequence", new Ipld.Int(sequence));
    entries.put("Validity", new Ipld.Bytes(validityBytes()));
    entries.put("ValidityType", new Ipld.Int(0));
    return DagCbor.encode(new Ipld.MapNode(entries));
  }

  /**
   * Reads signed bytes; entries of other names are its owner's own.
   *
   * @throws IllegalArgumentException when they are something else, with a sentence
   */
  static IpnsContent decode(byte[] bytes) {
    try {
      if (DagCbor.decode(bytes) instanceof Ipld.MapNode(Map<String, Ipld> entries)) {
        if (number(entries, "ValidityType") != 0) {
          throw new IllegalArgumentException("the validity of an IPNS record is a time (type 0)");
        }
        return new IpnsContent(
            text(entries, "Value"),
            time(text(entries, "Validity")),
            number(entries, "Sequence"),
            Duration.ofNanos(number(entries, "TTL")));
      }
    } catch (ContentException e) {
      throw new IllegalArgumentException(
          "the data of an IPNS record is no DAG-CBOR: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("the data of an IPNS record is no map");
  }

  private static long number(Map<String, Ipld> entries, String key) {
    if (entries.get(key) instanceof Ipld.Int(long value)) {
      return value;
    }
    throw new IllegalArgumentException("an IPNS record has no number " + key);
  }

  private static String text(Map<String, Ipld> entries, String key) {
    if (entries.get(key) instanceof Ipld.Bytes(byte[] value)) {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      } catch (CharacterCodingException e) {
        throw new IllegalArgumentException(key + " of an IPNS record is not UTF-8", e);
      }
    }
    throw new IllegalArgumentException("an IPNS record has no bytes " + key);
  }

  /** A time of RFC 3339. */
  static Instant time(String text) {
    if (text.length() > MAX_TIME_CHARS) {
      throw new IllegalArgumentException("the validity of an IPNS record is no time (RFC 3339)");
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("the validity of an IPNS record is no time (RFC 3339)", e);
    }
  }
}
