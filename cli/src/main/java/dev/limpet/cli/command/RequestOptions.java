package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.run.RunRequest;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.HeaderRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The request that a function of the kind {@code http} gets. */
final class RequestOptions {
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,32}");

  /** A query of RFC 3986, section 3.4. */
  private static final Pattern QUERY =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*");

  private static final String CONTENT_TYPE = "content-type";

  /** A caller's HEAD is a GET to the function; the others never reach one. */
  private static final List<String> UNSEEN = List.of("HEAD", "OPTIONS", "CONNECT", "TRACE");

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "Of an http function: GET, or POST with a body, unless this says another.")
  private String method = "";

  @Option(
      names = "--path",
      paramLabel = "/PATH",
      description = "Of an http function: the path after its name.")
  private String path = "";

  @Option(
      names = "--query",
      paramLabel = "QUERY",
      description = "Of an http function: the query, e.g. 'width=200&format=png'.")
  private String query = "";

  @Option(
      names = "--header",
      paramLabel = "NAME:VALUE",
      description = "A request header that the manifest lists, or Content-Type.")
  private List<String> headers = new ArrayList<>();

  /**
   * What was typed.
   *
   * @param method empty when none was
   * @param path decoded, with a leading slash; or empty
   * @param query as it stands in a URL, without the question mark
   * @param headers names in lower case; {@code content-type} is one of them
   */
  record Typed(String method, String path, String query, Map<String, String> headers) {}

  /** What was typed, in the form that it must have. */
  Typed typed() {
    if (!method.isEmpty() && (!METHOD.matcher(method).matches() || UNSEEN.contains(method))) {
      throw CliException.usage("no function ever sees the method " + method);
    }
    if (!path.isEmpty() && !path.startsWith("/")) {
      throw CliException.usage("--path begins with a slash");
    }
    if (!QUERY.matcher(query).matches()) {
      throw CliException.usage("--query is as in a URL: write a space as %20, for one");
    }
    Map<String, String> named = new LinkedHashMap<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      String name = header.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
      String value = header.substring(colon + 1).strip();
      if (!HeaderRules.isToken(name) || !HeaderRules.isValue(value)) {
        throw CliException.usage("--header takes NAME:VALUE");
      }
      if (!name.equals(CONTENT_TYPE) && !HeaderRules.listable(name)) {
        throw CliException.usage("no function ever sees the header " + name);
      }
      named.put(name, value);
    }
    return new Typed(method, path, query, named);
  }

  /** What was typed, checked against what the function may see. */
  RunRequest request(FunctionManifest manifest) {
    Typed typed = typed();
    Map<String, String> listed = new LinkedHashMap<>(typed.headers());
    String contentType = listed.remove(CONTENT_TYPE);
    listed.keySet().forEach(name -> requireListed(manifest, name));
    return new RunRequest(typed.method(), typed.path(), typed.query(), contentType, listed);
  }

  private static void requireListed(FunctionManifest manifest, String name) {
    if (!manifest.headers().contains(name)) {
      throw CliException.usage(
          "the function never sees " + name + ": list it among \"headers\" in limpet.json");
    }
  }
}
