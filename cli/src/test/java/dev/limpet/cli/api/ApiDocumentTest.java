package dev.limpet.cli.api;

import static io.vertx.json.schema.Draft.DRAFT202012;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Release;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The document by itself, and against the records and codes that it describes. */
class ApiDocumentTest {
  private static final String META = "https://spec.openapis.org/oas/3.1/schema/2022-10-07";

  /** Pages that have more than items. */
  private static final Set<String> OWN_PAGES = Set.of("LogPage", "ReceiptPage");

  /** Records that stand in the document under another name. */
  private static final Map<String, String> NAMED =
      Map.of(
          "Problem", "ProblemJson",
          "AwayHolder", "Problem$AwayHolder",
          "CallLimit", "Why$Limit",
          "Cost", "Candidate$Cost",
          "GateRefusal", "Problem$GateRefusal",
          "Usage", "Execution$Usage");

  /** Objects that are no record. */
  private static final Set<String> NO_RECORD = Set.of("Health");

  /**
   * Codes that no gateway answers with: the command's own, and what is between node and gateway.
   */
  private static final Set<String> NEVER =
      Set.of("bad-usage", "bad-config", "unreachable", "answer-cut", "not-held");

  private final ApiDocument document = ApiDocument.read();

  @Test
  void the_document_is_openapi_3_1() throws IOException {
    Vertx vertx = Vertx.vertx();
    try {
      JsonSchemaOptions options =
          new JsonSchemaOptions()
              .setBaseUri("https://limpet.invalid/")
              .setDraft(DRAFT202012)
              .setOutputFormat(OutputFormat.Basic);
      SchemaRepository repository = SchemaRepository.create(options);
      repository.preloadMetaSchema(vertx.fileSystem(), DRAFT202012);
      for (String part : List.of("schema/2022-10-07", "dialect/base", "meta/base")) {
        repository.dereference(JsonSchema.of(published("spec.openapis.org/oas/3.1/" + part)));
      }
      OutputUnit result = repository.validator(META).validate(document.json());
      assertTrue(result.getValid(), () -> String.valueOf(result.getErrors()));

      var schema = repository.validator("https://json-schema.org/draft/2020-12/schema");
      JsonObject schemas = document.components("schemas");
      for (String name : schemas.fieldNames()) {
        OutputUnit one = schema.validate(schemas.getJsonObject(name));
        assertTrue(one.getValid(), () -> name + " " + one.getErrors());
      }
      assertEquals(false, schema.validate(new JsonObject().put("type", 7)).getValid());
      JsonObject broken = document.json().copy();
      broken.getJsonObject("info").remove("version");
      assertEquals(false, repository.validator(META).validate(broken).getValid());
    } finally {
      vertx.close().await();
    }
  }

  private static JsonObject published(String name) throws IOException {
    try (InputStream in = ApiDocumentTest.class.getResourceAsStream("/" + name)) {
      return new JsonObject(Buffer.buffer(in.readAllBytes()));
    }
  }

  @Test
  void its_version_is_that_of_the_product() throws IOException {
    assertEquals(Release.VERSION, document.json().getJsonObject("info").getString("version"));
    String pom = Files.readString(Path.of("../pom.xml"));
    assertTrue(pom.contains("<version>" + Release.VERSION + "-SNAPSHOT</version>"));
  }

  @Test
  void every_reference_leads_somewhere_and_every_component_is_used() {
    Set<String> used = new HashSet<>();
    for (JsonObject node : document.nodes()) {
      if (node.getValue("$ref") instanceof String reference) {
        assertNotEquals(node, document.resolved(node));
        used.add(reference);
      }
    }
    JsonObject components = document.json().getJsonObject("components");
    for (String kind : List.of("schemas", "responses", "parameters", "headers")) {
      for (String name : components.getJsonObject(kind).fieldNames()) {
        assertTrue(used.contains("#/components/" + kind + "/" + name), kind + " " + name);
      }
    }
  }

  @Test
  void every_operation_has_an_id_of_its_own_a_summary_and_names_for_its_path() {
    Set<String> ids = new HashSet<>();
    for (ApiDocument.Operation operation : document.operations()) {
      assertTrue(ids.add(operation.id()), operation.id());
      assertTrue(operation.json().containsKey("summary"), operation.id());
      assertTrue(operation.json().containsKey("security"), operation.id());
      Set<String> named = new TreeSet<>();
      JsonArray parameters =
          document
              .paths()
              .getJsonObject(operation.template())
              .getJsonArray("parameters", new JsonArray());
      for (int i = 0; i < parameters.size(); i++) {
        named.add(document.resolved(parameters.getJsonObject(i)).getString("name"));
      }
      Set<String> inPath = new TreeSet<>();
      for (String segment : operation.template().split("/", -1)) {
        if (segment.startsWith("{")) {
          inPath.add(segment.substring(1, segment.length() - 1));
        }
      }
      assertEquals(inPath, named, operation.template());
    }
  }

  @Test
  void every_schema_has_the_fields_of_its_record_and_requires_those_that_are_always_there()
      throws ReflectiveOperationException {
    JsonObject schemas = document.components("schemas");
    int records = 0;
    for (String name : schemas.fieldNames()) {
      JsonObject schema = schemas.getJsonObject(name);
      if (!schema.containsKey("properties") || NO_RECORD.contains(name)) {
        continue;
      }
      boolean page = name.endsWith("Page") && !OWN_PAGES.contains(name);
      Class<?> type =
          Class.forName("dev.limpet.protocol." + (page ? "Page" : NAMED.getOrDefault(name, name)));
      List<String> fields = new ArrayList<>();
      List<String> always = new ArrayList<>();
      for (RecordComponent component : type.getRecordComponents()) {
        fields.add(component.getName());
        if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
          always.add(component.getName());
        }
      }
      assertEquals(fields, List.copyOf(schema.getJsonObject("properties").fieldNames()), name);
      if (!REQUESTS.contains(name)) {
        assertEquals(always, schema.getJsonArray("required").getList(), name);
      }
      records++;
    }
    assertTrue(records > 20, () -> "too few: " + schemas.fieldNames());
  }

  /** What callers send; there lists and maps may be left out. */
  private static final Set<String> REQUESTS = Set.of("NodeJoin");

  @Test
  void every_enumeration_has_the_values_of_its_type() throws ReflectiveOperationException {
    JsonObject schemas = document.components("schemas");
    int enumerations = 0;
    for (String name : schemas.fieldNames()) {
      JsonArray values = schemas.getJsonObject(name).getJsonArray("enum");
      if (values != null) {
        Object[] constants = Class.forName("dev.limpet.protocol." + name).getEnumConstants();
        List<String> texts = new ArrayList<>();
        for (Object constant : constants) {
          texts.add((String) constant.getClass().getMethod("text").invoke(constant));
        }
        assertEquals(texts, values.getList(), name);
        enumerations++;
      }
    }
    assertTrue(enumerations > 5);
  }

  @Test
  void each_status_lists_the_codes_that_come_with_it() {
    JsonObject responses = document.components("responses");
    for (ErrorCode code : ErrorCode.values()) {
      boolean listed = codes(responses, code.status()).contains(code.code());
      assertEquals(!NEVER.contains(code.code()), listed, code.code());
    }
    assertEquals(List.of("not-supported"), codes(responses, 501));
    long listed =
        responses.fieldNames().stream()
            .filter(name -> name.startsWith("Problem"))
            .mapToLong(name -> codes(responses, Integer.parseInt(name.substring(7))).size())
            .sum();
    assertEquals(Arrays.stream(ErrorCode.values()).count() - NEVER.size() + 1, listed);
  }

  private static List<?> codes(JsonObject responses, int status) {
    JsonObject response = responses.getJsonObject("Problem" + status);
    if (response == null) {
      return List.of();
    }
    return response
        .getJsonObject("content")
        .getJsonObject("application/problem+json")
        .getJsonObject("schema")
        .getJsonObject("properties")
        .getJsonObject("code")
        .getJsonArray("anyOf")
        .getJsonObject(0)
        .getJsonArray("enum")
        .getList();
  }
}
