package dev.limpet.cli.client;

import io.avaje.jsonb.Jsonb;
import java.util.Map;

/** Writes the small JSON bodies of management requests. */
public final class JsonText {
  private static final Jsonb JSON = Jsonb.builder().build();

  private JsonText() {}

  /** One object. */
  public static String of(Map<String, ?> fields) {
    return JSON.type(Object.class).toJson(fields);
  }
}
