package dev.limpet.protocol.access;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.util.List;
import java.util.Locale;

/**
 * What a body of the management API may be. The three types that a form or a script of any page can
 * send without being asked first (Fetch standard, CORS-safelisted) are never among them, nor is a
 * body without a type, so that such a request fails before anything is read.
 */
public final class BodyRule {
  private static final List<String> FORM_TYPES =
      List.of("application/x-www-form-urlencoded", "multipart/form-data", "text/plain");

  private BodyRule() {}

  /**
   * Checks the type of a request body.
   *
   * @param expected the media types that the resource reads, in lower case
   * @return the one that it is
   * @throws LimpetException {@code unsupported-media-type}
   */
  public static String check(HeaderLines headers, List<String> expected) {
    List<String> types = headers.values("Content-Type");
    String type = types.size() == 1 ? mediaType(types.getFirst()) : "";
    if (!expected.contains(type) || FORM_TYPES.contains(type)) {
      throw new LimpetException(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE,
          "this resource reads a body of the Content-Type " + String.join(" or ", expected));
    }
    return type;
  }

  /** The type without its parameters, in lower case. */
  public static String mediaType(String contentType) {
    int semicolon = contentType.indexOf(';');
    return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
        .strip()
        .toLowerCase(Locale.ROOT);
  }
}
