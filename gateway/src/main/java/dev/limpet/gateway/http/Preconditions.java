package dev.limpet.gateway.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.HeaderLines;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The version of a name as an entity tag (RFC 9110, section 13.1). */
final class Preconditions {
  private static final Pattern VERSION = Pattern.compile("\"(0|[1-9][0-9]{0,8})\"");

  private Preconditions() {}

  /** The tag of a version. */
  static String tag(int version) {
    return "\"" + version + "\"";
  }

  /**
   * The version that a name must have for a change: {@code If-Match: "3"}; 0, also written {@code
   * If-None-Match: *}, when the name must be new; null when the caller does not care.
   */
  static @Nullable Integer expectedVersion(HeaderLines headers) {
    List<String> none = headers.values("If-None-Match");
    List<String> match = headers.values("If-Match");
    if (none.isEmpty() && match.isEmpty()) {
      return null;
    }
    if (match.isEmpty() && none.equals(List.of("*"))) {
      return 0;
    }
    Matcher version = VERSION.matcher(match.size() == 1 ? match.getFirst().strip() : "");
    if (!none.isEmpty() || !version.matches()) {
      throw new LimpetException(
          ErrorCode.BAD_HEADER,
          "If-Match has the form \"3\" (the version in quotes), or If-None-Match is *");
    }
    return Integer.valueOf(version.group(1));
  }
}
