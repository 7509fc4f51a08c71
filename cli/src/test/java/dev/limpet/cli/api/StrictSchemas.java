package dev.limpet.cli.api;

import static io.vertx.json.schema.Draft.DRAFT202012;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.stream.Collectors;

/**
 * The schemas of the document, closed: clients ignore fields and values that they do not know, this
 * test does not, so what is new and not written down is found.
 */
final class StrictSchemas {
  private static final String COMPONENTS = "#/components/schemas/";
  private static final String BASE = "https://limpet.invalid/";

  private final JsonObject definitions = new JsonObject();

  StrictSchemas(ApiDocument document) {
    JsonObject schemas = document.components("schemas");
    for (String name : schemas.fieldNames()) {
      definitions.put(name, closed(schemas.getJsonObject(name)));
    }
  }

  /** What a value breaks, or the empty string. */
  String problems(JsonObject schema, Object value) {
    JsonObject whole =
        new JsonObject()
            .put("$id", BASE + Integer.toHexString(schema.encode().hashCode()))
            .put("$defs", definitions.copy())
            .mergeIn(closed(schema));
    OutputUnit result =
        Validator.create(
                JsonSchema.of(whole),
                new JsonSchemaOptions()
                    .setBaseUri(BASE)
                    .setDraft(DRAFT202012)
                    .setOutputFormat(OutputFormat.Basic))
            .validate(value);
    return result.getValid() ? "" : shown(result);
  }

  private static String shown(OutputUnit result) {
    return result.getErrors().stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getError())
        .collect(Collectors.joining("\n"));
  }

  private static JsonObject closed(JsonObject schema) {
    JsonObject closed = new JsonObject();
    for (String name : schema.fieldNames()) {
      closed.put(name, inside(name, schema.getValue(name)));
    }
    boolean listsFields = closed.containsKey("properties") && !closed.containsKey("$ref");
    if (listsFields && !closed.containsKey("additionalProperties")) {
      closed.put("additionalProperties", false);
    }
    JsonArray either = closed.getJsonArray("anyOf");
    if (either != null && either.getJsonObject(0).containsKey("enum")) {
      closed.remove("anyOf");
      closed.put("enum", either.getJsonObject(0).getJsonArray("enum"));
    }
    return closed;
  }

  private static Object inside(String name, Object value) {
    return switch (value) {
      case String text when name.equals("$ref") -> text.replace(COMPONENTS, "#/$defs/");
      case JsonObject object -> closed(object);
      case JsonArray array ->
          new JsonArray(
              array.stream().map(each -> each instanceof JsonObject o ? closed(o) : each).toList());
      default -> value;
    };
  }
}
