package dev.limpet.cli.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The OpenAPI document of the gateway, as a tree and as operations. */
record ApiDocument(JsonObject json) {
  private static final String FILE = "/dev/limpet/gateway/http/openapi.json";
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  /** What may have slashes in it; a template of OpenAPI has no word for that. */
  private static final Set<String> LONG = Set.of("data", "path", "rest");

  /**
   * What one method does at one path.
   *
   * @param method in capitals
   * @param template the path with names in braces
   */
  record Operation(String method, String template, JsonObject json) {
    String id() {
      return json.getString("operationId");
    }

    private boolean isAt(String path) {
      return form().matcher(path).matches();
    }

    private Pattern form() {
      StringBuilder form = new StringBuilder();
      for (String segment : template.substring(1).split("/", -1)) {
        form.append('/');
        if (!segment.startsWith("{")) {
          form.append(Pattern.quote(segment));
        } else {
          boolean isLong = LONG.contains(segment.substring(1, segment.length() - 1));
          form.append(isLong ? ".+?" : "[^/]+");
        }
      }
      return Pattern.compile(form.toString());
    }

    private long fixedChars() {
      return template.replaceAll("\\{[^}]*}", "").length();
    }
  }

  static ApiDocument read() {
    try (InputStream in = ApiDocument.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new AssertionError("no " + FILE);
      }
      return new ApiDocument(new JsonObject(Buffer.buffer(in.readAllBytes())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonObject paths() {
    return json.getJsonObject("paths");
  }

  JsonObject components(String kind) {
    return json.getJsonObject("components").getJsonObject(kind);
  }

  List<Operation> operations() {
    List<Operation> all = new ArrayList<>();
    for (String template : paths().fieldNames()) {
      JsonObject path = paths().getJsonObject(template);
      for (String method : path.fieldNames()) {
        if (METHODS.contains(method)) {
          all.add(
              new Operation(method.toUpperCase(Locale.ROOT), template, path.getJsonObject(method)));
        }
      }
    }
    return all;
  }

  /** The operation that a request asks for; HEAD is that of GET. */
  Operation find(String method, String target) {
    String asked = method.equals("HEAD") ? "GET" : method;
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return at(path.endsWith("/") ? path.substring(0, path.length() - 1) : path).stream()
        .filter(operation -> operation.method.equals(asked))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not in the document: " + method + " " + target));
  }

  /** The operations whose templates fit a path, those with the most fixed words first. */
  List<Operation> at(String path) {
    return operations().stream()
        .filter(operation -> operation.isAt(path))
        .sorted(Comparator.comparingLong(Operation::fixedChars).reversed())
        .toList();
  }

  /** What a reference leads to; anything else is what it is. */
  JsonObject resolved(JsonObject node) {
    String reference = node.getString("$ref");
    if (reference == null) {
      return node;
    }
    JsonObject at = json;
    for (String name : reference.substring(2).split("/", -1)) {
      at = at.getJsonObject(name);
      if (at == null) {
        throw new AssertionError("leads nowhere: " + reference);
      }
    }
    return at;
  }

  /** Every object in the document. */
  List<JsonObject> nodes() {
    List<JsonObject> all = new ArrayList<>();
    collect(json, all);
    return all;
  }

  private static void collect(Object node, List<JsonObject> all) {
    if (node instanceof JsonObject object) {
      all.add(object);
      object.fieldNames().forEach(name -> collect(object.getValue(name), all));
    } else if (node instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        collect(array.getValue(i), all);
      }
    }
  }
}
