package dev.limpet.protocol;

import java.util.List;
import java.util.Locale;

/** The lines of {@code Cache-Control} of a request (RFC 9111, section 5.2.1). */
final class CacheControl {
  private CacheControl() {}

  /** Whether they have a directive, in small letters here, among whatever else. */
  static boolean has(List<String> lines, String directive) {
    for (String line : lines) {
      for (String one : line.split(",", -1)) {
        if (one.strip().toLowerCase(Locale.ROOT).equals(directive)) {
          return true;
        }
      }
    }
    return false;
  }
}
