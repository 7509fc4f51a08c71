package dev.limpet.protocol;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads Tasks; everything else, and a key that is not known, is an IllegalArgumentException. */
final class TaskReader {
  private final Map<String, Ipld> left;

  private TaskReader(Map<String, Ipld> entries) {
    left = new LinkedHashMap<>(entries);
  }

  static Task read(byte[] bytes) {
    TaskReader reader = new TaskReader(map(bytes));
    Task task = reader.task();
    if (!reader.left.isEmpty()) {
      throw new IllegalArgumentException("a Task with unknown keys: " + reader.left.keySet());
    }
    return task;
  }

  private static Map<String, Ipld> map(byte[] bytes) {
    try {
      if (DagCbor.decode(bytes) instanceof Ipld.MapNode node) {
        return node.entries();
      }
    } catch (ContentException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    throw new IllegalArgumentException("a Task is a map");
  }

  private Task task() {
    if (!(left.remove("v") instanceof Ipld.Int(long version)) || version != Task.VERSION) {
      throw new IllegalArgumentException("a Task of another version");
    }
    return new Task(
        link(left.remove("manifest"), "manifest"),
        list("inputs", item -> link(item, "inputs")),
        text(left.remove("method"), "method"),
        text(left.remove("profile"), "profile"),
        textOrEmpty("path"),
        list("args", item -> text(item, "args")),
        textOrEmpty("query"),
        headers(),
        left.containsKey("content-type") ? text(left.remove("content-type"), "content-type") : null,
        body());
  }

  private static Cid link(@Nullable Ipld value, String key) {
    if (value instanceof Ipld.LinkNode(Cid cid)) {
      return cid;
    }
    throw wrong(key);
  }

  private static String text(@Nullable Ipld value, String key) {
    if (value instanceof Ipld.Text(String text)) {
      return text;
    }
    throw wrong(key);
  }

  private String textOrEmpty(String key) {
    return left.containsKey(key) ? text(left.remove(key), key) : "";
  }

  private <T> List<T> list(String key, Function<Ipld, T> item) {
    Ipld value = left.remove(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof Ipld.ListNode(List<Ipld> items))) {
      throw wrong(key);
    }
    List<T> read = new ArrayList<>();
    for (Ipld each : items) {
      read.add(item.apply(each));
    }
    return read;
  }

  private Map<String, String> headers() {
    Ipld value = left.remove("headers");
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Ipld.MapNode node)) {
      throw wrong("headers");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    node.entries().forEach((name, said) -> headers.put(name, text(said, "headers")));
    return headers;
  }

  private @Nullable ByteString body() {
    Ipld value = left.remove("body");
    if (value == null) {
      return null;
    }
    if (value instanceof Ipld.Bytes(byte[] digest)) {
      return ByteString.of(digest);
    }
    throw wrong("body");
  }

  private static IllegalArgumentException wrong(String key) {
    return new IllegalArgumentException("a Task whose " + key + " is missing or of another type");
  }
}
