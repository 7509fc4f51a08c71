package dev.limpet.cli.client;

import io.avaje.jsonb.Jsonb;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON object as a server answered it. Unknown fields are kept, since {@code --json} hands the
 * object on as it came; absent fields read as empty.
 */
public final class JsonObject {
  private static final Jsonb JSON = Jsonb.builder().build();

  private final Map<String, Object> fields;

  private JsonObject(Map<String, Object> fields) {
    this.fields = fields;
  }

  /**
   * Reads one object.
   *
   * @throws IllegalArgumentException when the text is not a JSON object
   */
  public static JsonObject parse(String text) {
    Object value;
    try {
      value = JSON.type(Object.class).fromJson(text);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("not a JSON object");
    }
    return of(map);
  }

  private static JsonObject of(Map<?, ?> map) {
    Map<String, Object> fields = new LinkedHashMap<>();
    map.forEach((key, value) -> fields.put(String.valueOf(key), value));
    return new JsonObject(fields);
  }

  /** A text, number or truth value as text; empty when absent or null. */
  public String text(String field) {
    Object value = fields.get(field);
    return switch (value) {
      case null -> "";
      case Double d when d == Math.rint(d) && Math.abs(d) < 1e15 -> Long.toString(d.longValue());
      default -> value.toString();
    };
  }

  /** A number, or -1 when absent. */
  public long number(String field) {
    return fields.get(field) instanceof Number number ? number.longValue() : -1;
  }

  /** The objects of an array; empty when absent. */
  public List<JsonObject> objects(String field) {
    List<JsonObject> objects = new ArrayList<>();
    if (fields.get(field) instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> map) {
          objects.add(of(map));
        }
      }
    }
    return objects;
  }

  /** The object of a field; one without fields when absent. */
  public JsonObject object(String field) {
    return fields.get(field) instanceof Map<?, ?> map ? of(map) : new JsonObject(Map.of());
  }

  /** The texts of an array; empty when absent. */
  public List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    if (fields.get(field) instanceof List<?> list) {
      list.forEach(item -> texts.add(String.valueOf(item)));
    }
    return texts;
  }

  /** As it came, for {@code --json}. */
  public Map<String, Object> fields() {
    return Collections.unmodifiableMap(fields);
  }
}
