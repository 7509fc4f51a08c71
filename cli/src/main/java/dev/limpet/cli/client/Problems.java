package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.protocol.Headers;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Turns an error answer into what the shell gets (RFC 9457). */
final class Problems {
  private static final String TYPE_PREFIX = "urn:limpet:error:";

  private Problems() {}

  static CliException toException(HttpResponse<?> response, byte[] body) {
    Head head =
        new Head(
            response.statusCode(),
            response.headers().firstValue("Limpet-Error").orElse(""),
            response.headers().firstValue("Content-Type").orElse(""),
            response.headers().firstValue(Headers.RECEIPT).orElse(""),
            response.uri());
    return toException(head, body);
  }

  static CliException toException(StreamedAnswer answer, URI url, byte[] body) {
    return toException(
        new Head(
            answer.status(),
            answer.header("Limpet-Error"),
            answer.header("Content-Type"),
            answer.header(Headers.RECEIPT),
            url),
        body);
  }

  private record Head(int status, String error, String type, String receipt, URI url) {}

  private static CliException toException(Head head, byte[] body) {
    int status = head.status;
    String code = head.error.isEmpty() ? "http-" + status : head.error;
    if (!head.type.startsWith("application/problem+json")) {
      return CliException.problem(
          status, code, head.url + " answered " + status + " without a reason", null);
    }
    JsonObject problem;
    try {
      problem = JsonObject.parse(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return CliException.problem(
          status, code, head.url + " answered " + status + " with a broken problem", null);
    }
    String named = problem.text("type").replace(TYPE_PREFIX, "");
    String detail =
        problem.text("detail").isEmpty() ? problem.text("title") : problem.text("detail");
    String log = problem.text("log").isEmpty() ? null : problem.text("log");
    CliException failure =
        CliException.problem(status, named.isEmpty() ? code : named, detail, log);
    if (problem.number("retryAfterMs") > 0) {
      failure = failure.withAgain(Duration.ofMillis(problem.number("retryAfterMs")));
    }
    String execution = problem.text("execution");
    if (execution.isEmpty()) {
      return failure;
    }
    boolean exited = !problem.text("exitCode").isEmpty();
    Long exitCode = exited ? problem.number("exitCode") : null;
    String receipt = head.receipt.isEmpty() ? null : head.receipt;
    return failure.of(new CliException.Ran(execution, exitCode, receipt));
  }
}
