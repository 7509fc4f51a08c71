package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

  /** A decoded path with a leading slash, or none, as raw path segments. */
  public static String path(String typed) {
    StringJoiner joined = new StringJoiner("/");
    for (String part : typed.split("/", -1)) {
      joined.add(segment(part));
    }
    return joined.toString();
  }

  /**
   * {@code CID[/PATH]} or {@code /ipfs/CID[/PATH]} as raw path segments without a leading slash.
   *
   * @throws CliException (wrong usage) when empty or with an empty segment
   */
  public static String data(String typed) {
    StringJoiner joined = new StringJoiner("/");
    for (String part : parts(typed)) {
      joined.add(segment(part));
    }
    return joined.toString();
  }

  /**
   * The same as the value of a query parameter, in which the path stands as one text.
   *
   * @throws CliException (wrong usage) when empty or with an empty segment
   */
  public static String dataQuery(String typed) {
    return query(String.join("/", parts(typed)));
  }

  /**
   * What stands before the name of a function that is called on data, or without: {@code
   * /on/CID[/PATH]/-/} with the first input, or {@code /fn/}.
   *
   * @throws CliException (wrong usage) as {@link #data}
   */
  public static String called(List<String> inputs) {
    return inputs.isEmpty() ? "/fn/" : "/on/" + data(inputs.getFirst()) + "/-/";
  }

  /**
   * The further inputs as query parameters.
   *
   * @throws CliException (wrong usage) as {@link #data}
   */
  public static List<String> further(List<String> inputs) {
    return inputs.stream().skip(1).map(each -> "limpet-data=" + dataQuery(each)).toList();
  }

  /** A function as one path segment: NAME, NAME@VERSION or a CID. */
  public static String function(String typed) {
    return segment(typed).replace("%40", "@");
  }

  /** A function's arguments as query parameters. */
  public static List<String> arguments(List<String> arguments) {
    return arguments.stream().map(each -> "arg=" + query(each)).toList();
  }

  /** What stands behind a path for these query parameters: nothing for none. */
  public static String queryOf(List<String> parameters) {
    return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
  }

  private static String[] parts(String typed) {
    String path = typed.replaceFirst("^/?ipfs/", "").replaceFirst("^/", "").replaceFirst("/$", "");
    String[] parts = path.split("/", -1);
    for (String part : parts) {
      if (part.isEmpty()) {
        throw CliException.usage("not a CID[/PATH]: '" + typed + "'");
      }
    }
    return parts;
  }
}
