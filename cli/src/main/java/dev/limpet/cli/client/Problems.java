package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Turns an error answer into what the shell gets (RFC 9457). */
final class Problems {
  private static final String TYPE_PREFIX = "urn:limpet:error:";

  private Problems() {}

  static CliException toException(HttpResponse<InputStream> response, byte[] body) {
    int status = response.statusCode();
    String code = response.headers().firstValue("Limpet-Error").orElse("http-" + status);
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (!type.startsWith("application/problem+json")) {
      return CliException.problem(
          status, code, response.uri() + " answered " + status + " without a reason", null);
    }
    JsonObject problem;
    try {
      problem = JsonObject.parse(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return CliException.problem(
          status, code, response.uri() + " answered " + status + " with a broken problem", null);
    }
    String named = problem.text("type").replace(TYPE_PREFIX, "");
    String detail =
        problem.text("detail").isEmpty() ? problem.text("title") : problem.text("detail");
    String log = problem.text("log").isEmpty() ? null : problem.text("log");
    return CliException.problem(status, named.isEmpty() ? code : named, detail, log);
  }
}
