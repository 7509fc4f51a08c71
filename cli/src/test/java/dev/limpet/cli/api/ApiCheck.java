package dev.limpet.cli.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.limpet.cli.api.ApiDocument.Operation;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireHead;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Holds real answers against the document, and remembers which of its answers were seen. */
final class ApiCheck {
  private static final List<String> OURS =
      List.of("limpet-", "x-ipfs-", "etag", "location", "retry-after", "www-authenticate");

  private final ApiDocument document;
  private final StrictSchemas schemas;
  private final Set<String> seen = new TreeSet<>();

  ApiCheck(ApiDocument document) {
    this.document = document;
    this.schemas = new StrictSchemas(document);
  }

  /** Operations and statuses that were seen, such as {@code deploy 201}. */
  Set<String> seen() {
    return seen;
  }

  /** Fails when the document does not describe this answer. */
  void check(String method, String target, WireAnswer answer) {
    Operation operation = document.find(method, target);
    String what = method + " " + target + " -> " + answer.status();
    JsonObject responses = operation.json().getJsonObject("responses");
    JsonObject response = response(responses, answer);
    if (response == null) {
      throw new AssertionError(what + " is not described: " + answer.text());
    }
    seen.add(operation.id() + " " + (isOurs(answer) ? answer.status() : "default"));
    JsonObject resolved = document.resolved(response);
    headers(what, resolved, answer);
    body(what, resolved, method, answer);
  }

  private static @Nullable JsonObject response(JsonObject responses, WireAnswer answer) {
    JsonObject exact = responses.getJsonObject(Integer.toString(answer.status()));
    JsonObject other = responses.getJsonObject("default");
    return exact != null && (other == null || isOurs(answer)) ? exact : other;
  }

  /** A failure of the function's own is told from ours by the header that only we can set. */
  private static boolean isOurs(WireAnswer answer) {
    return answer.status() < 400 || !answer.header("Limpet-Error").isEmpty();
  }

  private void headers(String what, JsonObject response, WireAnswer answer) {
    JsonObject described = response.getJsonObject("headers", new JsonObject());
    for (WireHead.Line line : answer.head().lines()) {
      String lower = line.name().toLowerCase(Locale.ROOT);
      boolean known = described.fieldNames().stream().anyMatch(lower::equalsIgnoreCase);
      boolean function = anything(response) && !lower.startsWith("limpet-");
      if (!known && !function && OURS.stream().anyMatch(lower::startsWith)) {
        fail(what + ": the header " + line.name() + " is not described");
      }
    }
    for (String name : described.fieldNames()) {
      header(what, name, document.resolved(described.getJsonObject(name)), answer);
    }
  }

  private static boolean anything(JsonObject response) {
    return response.getJsonObject("content", new JsonObject()).containsKey("*/*");
  }

  private void header(String what, String name, JsonObject header, WireAnswer answer) {
    List<String> values = answer.head().headers(name);
    boolean required = header.getBoolean("required", false);
    assertTrue(!required || !values.isEmpty(), () -> what + ": the header " + name + " is missing");
    JsonObject schema = header.getJsonObject("schema");
    boolean number = "integer".equals(document.resolved(schema).getString("type"));
    for (String value : values) {
      Object typed = number ? Long.valueOf(value) : value;
      assertEquals("", schemas.problems(schema, typed), () -> what + ": " + name + " = " + value);
    }
  }

  private void body(String what, JsonObject response, String method, WireAnswer answer) {
    JsonObject content = response.getJsonObject("content");
    if (content == null) {
      assertEquals("", answer.text(), what);
      assertEquals("", answer.header("Content-Type"), what);
      return;
    }
    String type = answer.header("Content-Type").split(";", 2)[0];
    JsonObject media = content.getJsonObject(type, content.getJsonObject("*/*"));
    assertTrue(media != null, () -> what + ": the type " + type + " is not described");
    if (method.equals("HEAD")) {
      assertEquals("", answer.text(), what);
    } else if (media != null && media.containsKey("schema")) {
      String found =
          schemas.problems(
              media.getJsonObject("schema"), new JsonObject(Buffer.buffer(answer.bytes())));
      assertEquals("", found, () -> what + ": " + answer.text());
    }
  }
}
