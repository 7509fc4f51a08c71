package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Ipld;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads {@code vectors/identifiers-v1.json}, which other implementations can read as well. */
final class Vectors {
  private Vectors() {}

  /** A manifest and what it must become. */
  record OfManifest(String name, byte[] json, String cbor, String cid) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A Task and what it must become. */
  record OfTask(String name, Task task, String cbor, String cid, String seed, long clock) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<OfManifest> manifests() {
    return items("manifests")
        .map(
            item ->
                new OfManifest(
                    text(item, "name"),
                    JsonTree.write(value(item, "json")),
                    text(item, "cbor"),
                    text(item, "cid")));
  }

  static Stream<OfTask> tasks() {
    return items("tasks")
        .map(
            item ->
                new OfTask(
                    text(item, "name"),
                    task(map(value(item, "task"))),
                    text(item, "cbor"),
                    text(item, "cid"),
                    text(item, "seed"),
                    ((Ipld.Int) value(item, "clockBaseNanos")).value()));
  }

  private static Task task(Map<String, Ipld> fields) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (fields.containsKey("headers")) {
      map(value(fields, "headers")).forEach((name, value) -> headers.put(name, text(value)));
    }
    return new Task(
        Cid.parse(text(fields, "manifest")),
        texts(fields, "inputs").stream().map(Cid::parse).toList(),
        text(fields, "method"),
        text(fields, "profile"),
        fields.containsKey("path") ? text(fields, "path") : "",
        texts(fields, "args"),
        fields.containsKey("query") ? text(fields, "query") : "",
        headers,
        fields.containsKey("content-type") ? text(fields, "content-type") : null,
        fields.containsKey("body")
            ? ByteString.of(HexFormat.of().parseHex(text(fields, "body")))
            : null);
  }

  private static Stream<Map<String, Ipld>> items(String key) {
    try (InputStream in =
        Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/identifiers-v1.json"))) {
      Map<String, Ipld> file = map(JsonTree.read(in.readAllBytes()));
      return ((Ipld.ListNode) value(file, key)).items().stream().map(Vectors::map);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> texts(Map<String, Ipld> map, String key) {
    return map.containsKey(key)
        ? ((Ipld.ListNode) value(map, key)).items().stream().map(Vectors::text).toList()
        : List.of();
  }

  private static Map<String, Ipld> map(Ipld node) {
    return ((Ipld.MapNode) node).entries();
  }

  private static String text(Map<String, Ipld> map, String key) {
    return text(value(map, key));
  }

  private static String text(Ipld node) {
    return ((Ipld.Text) node).value();
  }

  private static Ipld value(Map<String, Ipld> map, String key) {
    return Objects.requireNonNull(map.get(key), key);
  }
}
