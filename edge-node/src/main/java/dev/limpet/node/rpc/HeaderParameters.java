package dev.limpet.node.rpc;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A header such as {@code form-data; name="a"; filename="b"}: a value and its parameters. Read as
 * clients really write it: with a semicolon at the end, quoted or not (RFC 9110, section 5.6.6).
 *
 * @param value before the first semicolon, in lower case
 * @param parameters by their names in lower case; of two with one name the first
 */
record HeaderParameters(String value, Map<String, String> parameters) {
  /** Parameters of one header; clients write two. */
  static final int MAX_HEADER_PARAMETERS = 16;

  HeaderParameters {
    parameters = Map.copyOf(parameters);
  }

  String get(String name) {
    return parameters.getOrDefault(name, "");
  }

  static HeaderParameters parse(String line) {
    int end = line.indexOf(';');
    String value = (end < 0 ? line : line.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    Map<String, String> parameters = new HashMap<>();
    int at = end < 0 ? line.length() : end + 1;
    while (at < line.length() && parameters.size() < MAX_HEADER_PARAMETERS) {
      at = parameter(line, at, parameters);
    }
    return new HeaderParameters(value, parameters);
  }

  /** Reads one parameter, and returns where the next begins. */
  private static int parameter(String line, int from, Map<String, String> parameters) {
    int at = from;
    while (at < line.length() && line.charAt(at) != '=' && line.charAt(at) != ';') {
      at++;
    }
    String name = line.substring(from, at).strip().toLowerCase(Locale.ROOT);
    if (at >= line.length() || line.charAt(at) == ';') {
      return at + 1;
    }
    StringBuilder value = new StringBuilder();
    at++;
    while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
      at++;
    }
    if (at < line.length() && line.charAt(at) == '"') {
      at = quoted(line, at + 1, value);
      at = next(line, at);
    } else {
      int start = at;
      at = next(line, at);
      value.append(line.substring(start, Math.min(at, line.length())).strip());
    }
    if (!name.isEmpty()) {
      parameters.putIfAbsent(name, value.toString());
    }
    return at + 1;
  }

  private static int quoted(String line, int from, StringBuilder value) {
    int at = from;
    while (at < line.length() && line.charAt(at) != '"') {
      if (line.charAt(at) == '\\' && at + 1 < line.length()) {
        at++;
      }
      value.append(line.charAt(at));
      at++;
    }
    return at;
  }

  private static int next(String line, int from) {
    int at = line.indexOf(';', from);
    return at < 0 ? line.length() : at;
  }
}
