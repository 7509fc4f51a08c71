package dev.limpet.protocol;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the records of this package check about themselves. The JSON adapters hand over null for a
 * field that was absent, whatever the record declares, so every required component goes through
 * {@link #present}. Failures are {@link IllegalArgumentException}s that name the field.
 */
final class Wire {
  /** Longest plain text field: a name, a version, a reason. */
  static final int MAX_TEXT_CHARS = 4096;

  /** Longest URL of a node. */
  static final int MAX_URL_CHARS = 512;

  private Wire() {}

  static <T> T present(String field, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException(field + " is missing");
    }
    return value;
  }

  /** A required text of at most {@link #MAX_TEXT_CHARS} characters. */
  static String text(String field, @Nullable String value) {
    return text(field, value, MAX_TEXT_CHARS);
  }

  static String text(String field, @Nullable String value, int maxChars) {
    String text = present(field, value);
    if (text.length() > maxChars) {
      throw new IllegalArgumentException(
          field + " has " + text.length() + " characters, at most " + maxChars + " are allowed");
    }
    return text;
  }

  static @Nullable String optionalText(String field, @Nullable String value) {
    return value == null ? null : text(field, value);
  }

  static long atLeast(String field, long value, long minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(field + " is " + value + ", at least " + minimum);
    }
    return value;
  }

  /** A copy of a list, empty when it was absent. */
  static <T> List<T> list(String field, @Nullable List<T> value, int maxItems) {
    if (value == null || value.isEmpty()) {
      return List.of();
    }
    if (value.size() > maxItems) {
      throw new IllegalArgumentException(
          field + " has " + value.size() + " items, at most " + maxItems + " are allowed");
    }
    List<T> copy = new ArrayList<>(value.size());
    for (T item : value) {
      if (item == null) {
        throw new IllegalArgumentException("an item of " + field + " is missing");
      }
      copy.add(item);
    }
    return Collections.unmodifiableList(copy);
  }

  /** A copy of a map in its order, empty when it was absent. */
  static Map<String, String> map(String field, @Nullable Map<String, String> value, int maxItems) {
    if (value == null || value.isEmpty()) {
      return Map.of();
    }
    if (value.size() > maxItems) {
      throw new IllegalArgumentException(
          field + " has " + value.size() + " entries, at most " + maxItems + " are allowed");
    }
    Map<String, String> copy = new LinkedHashMap<>();
    value.forEach(
        (key, entry) -> copy.put(text("a key of " + field, key), text(field + "." + key, entry)));
    return Collections.unmodifiableMap(copy);
  }

  /** The base URL of a server: {@code http} or {@code https}, a host, perhaps a port, no more. */
  static URI baseUrl(String field, @Nullable URI value) {
    URI url = present(field, value);
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    boolean bare =
        url.getRawUserInfo() == null
            && url.getRawQuery() == null
            && url.getRawFragment() == null
            && (url.getRawPath() == null || url.getRawPath().isEmpty());
    if (!http || url.getHost() == null || !bare || url.toString().length() > MAX_URL_CHARS) {
      throw new IllegalArgumentException(field + " must look like http://HOST:PORT");
    }
    return url;
  }
}
