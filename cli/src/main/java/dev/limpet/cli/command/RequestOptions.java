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

  /** What was typed, checked against what the function may see. */
  RunRequest request(FunctionManifest manifest) {
    if (!method.isEmpty() && (!METHOD.matcher(method).matches() || UNSEEN.contains(method))) {
      throw CliException.usage("no function ever sees the method " + method);
    }
    if (!path.isEmpty() && !path.startsWith("/")) {
      throw CliException.usage("--path begins with a slash");
    }
    String contentType = null;
    Map<String, String> listed = new LinkedHashMap<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      String name = header.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
      String value = header.substring(colon + 1).strip();
      if (!HeaderRules.isToken(name) || !HeaderRules.isValue(value)) {
        throw CliException.usage("--header takes NAME:VALUE");
      }
      if (name.equals("content-type")) {
        contentType = value;
      } else {
        listed.put(requireListed(manifest, name), value);
      }
    }
    return new RunRequest(method, path, query, contentType, listed);
  }

  private static String requireListed(FunctionManifest manifest, String name) {
    if (!manifest.headers().contains(name)) {
      throw CliException.usage(
          "the function never sees " + name + ": list it among \"headers\" in limpet.json");
    }
    return name;
  }
}
