package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** Raw request targets from what people type. */
public final class Targets {
  private Targets() {}

  /** A query value, percent-encoded. */
  public static String query(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** One path segment, percent-encoded (a space is {@code %20}). */
  public static String segment(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }

  /**
   * {@code CID[/PATH]} or {@code /ipfs/CID[/PATH]} as raw path segments without a leading slash.
   *
   * @throws CliException (wrong usage) when empty or with an empty segment
   */
  public static String data(String typed) {
    String path = typed.replaceFirst("^/?ipfs/", "").replaceFirst("^/", "").replaceFirst("/$", "");
    StringJoiner joined = new StringJoiner("/");
    for (String part : path.split("/", -1)) {
      if (part.isEmpty()) {
        throw CliException.usage("not a CID[/PATH]: '" + typed + "'");
      }
      joined.add(segment(part));
    }
    return joined.toString();
  }
}
