package dev.limpet.node.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes of a file (RFC 9110, section 14).
 *
 * @param from first byte
 * @param toExclusive the byte behind the last one; equal to {@code from} when there is no such
 *     range in the file
 */
record ByteRange(long from, long toExclusive) {
  private static final Pattern ONE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /** Whether the file has at least one byte of it. */
  boolean isSatisfiable() {
    return toExclusive > from;
  }

  /**
   * Reads a {@code Range}. What is not a single range of bytes is ignored, as the RFC allows, and
   * the whole file is answered.
   *
   * @param size of the file
   */
  static Optional<ByteRange> parse(@Nullable String header, long size) {
    Matcher matcher = ONE.matcher(header == null ? "" : header.strip());
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
    long end = last.isEmpty() ? size : Math.min(size, Long.parseLong(last) + 1);
    if (!last.isEmpty() && Long.parseLong(last) < from) {
      return Optional.empty();
    }
    return Optional.of(new ByteRange(Math.min(from, size), Math.max(end, Math.min(from, size))));
  }
}
