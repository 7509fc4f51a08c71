package dev.limpet.protocol;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes of an answer (RFC 9110, section 14).
 *
 * @param from first byte
 * @param toExclusive the byte behind the last one; equal to {@code from} when there is no such
 *     range
 */
public record ByteRange(long from, long toExclusive) {
  /** Ranges of one header that are looked at; more are ignored, and with them the header. */
  static final int MAX_RANGES = 64;

  private static final String UNIT = "bytes=";
  private static final Pattern ONE = Pattern.compile("([0-9]{0,18})\\s*-\\s*([0-9]{0,18})");

  /** Whether there is at least one byte of it. */
  public boolean isSatisfiable() {
    return toExclusive > from;
  }

  /**
   * Reads a {@code Range}. Of several ranges the first that there is counts, as with other
   * gateways; a client sees from the answer what it got. What is no list of ranges of bytes is
   * ignored, as the RFC allows, and everything is answered; so is a range of nothing.
   *
   * @param size of what is asked for
   */
  public static Optional<ByteRange> parse(@Nullable String header, long size) {
    String text = header == null ? "" : header.strip();
    if (!text.startsWith(UNIT) || size == 0) {
      return Optional.empty();
    }
    String[] parts = text.substring(UNIT.length()).split(",", MAX_RANGES + 1);
    Optional<ByteRange> first = Optional.empty();
    for (String part : parts) {
      Optional<ByteRange> range = one(part.strip(), size);
      if (range.isEmpty() || parts.length > MAX_RANGES) {
        return Optional.empty();
      }
      if (first.isEmpty() || (!first.get().isSatisfiable() && range.get().isSatisfiable())) {
        first = range;
      }
    }
    return first;
  }

  private static Optional<ByteRange> one(String text, long size) {
    Matcher matcher = ONE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      return last.isEmpty()
          ? Optional.empty()
          : Optional.of(new ByteRange(size - Math.min(size, Long.parseLong(last)), size));
    }
    long from = Long.parseLong(first);
    if (!last.isEmpty() && Long.parseLong(last) < from) {
      return Optional.empty();
    }
    long end = last.isEmpty() ? size : Math.min(size, Long.parseLong(last) + 1);
    return Optional.of(new ByteRange(Math.min(from, size), Math.max(end, Math.min(from, size))));
  }
}
