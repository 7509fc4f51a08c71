package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Sha256;
import dev.limpet.content.ipld.Ipld;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a Task may be, and the tree that it is encoded as. Failures are {@link
 * IllegalArgumentException}s that name the part.
 */
final class TaskRules {
  private static final ByteString DIGEST_OF_NOTHING = ByteString.of(Sha256.of(new byte[0]));

  private TaskRules() {}

  static List<Cid> inputs(List<Cid> inputs) {
    return Wire.list("inputs", inputs, Invocation.MAX_INPUTS).stream().map(Cid::toV1).toList();
  }

  static void method(String method) {
    Wire.text("method", method, Headers.MAX_METHOD_CHARS);
    if (!HeaderRules.isToken(method) || method.equals("HEAD")) {
      throw new IllegalArgumentException("method must be the name of one, and GET for HEAD");
    }
  }

  static void path(String path) {
    text("path", path);
    if (!path.isEmpty() && !path.startsWith("/")) {
      throw new IllegalArgumentException("path must be empty or start with /");
    }
  }

  static List<String> arguments(List<String> arguments) {
    List<String> copy = Wire.list("arguments", arguments, Invocation.MAX_ARGUMENTS);
    for (String argument : copy) {
      text("arguments", argument);
    }
    return copy;
  }

  /** A text that UTF-8 can hold, not longer than a request target. */
  static void text(String field, String text) {
    Wire.text(field, text, Paths.MAX_TARGET_CHARS);
    if (!ManifestRules.wellFormed(text)) {
      throw new IllegalArgumentException(field + " has half a surrogate pair");
    }
  }

  static Map<String, String> headers(Map<String, String> headers) {
    Map<String, String> copy = Wire.map("headers", headers, Invocation.MAX_LISTED_HEADERS);
    copy.forEach(
        (name, value) -> {
          if (!name.equals(name.toLowerCase(Locale.ROOT)) || !HeaderRules.listable(name)) {
            throw new IllegalArgumentException(
                "headers: " + PercentText.shown(name) + " is not a header that a function may see");
          }
          headerValue("headers." + name, value);
        });
    return FunctionManifest.sorted(copy);
  }

  static void headerValue(String field, String value) {
    Wire.text(field, value);
    if (!HeaderRules.isValue(value)) {
      throw new IllegalArgumentException(field + " is not the value of a header");
    }
  }

  static @Nullable ByteString bodyDigest(@Nullable ByteString digest) {
    if (digest == null) {
      return null;
    }
    if (digest.size() != TaskDerivation.DIGEST_BYTES) {
      throw new IllegalArgumentException("bodyDigest must have 32 bytes");
    }
    return digest.equals(DIGEST_OF_NOTHING) ? null : digest;
  }

  /** Of these headers those with these names. */
  static Map<String, String> listed(Map<String, String> headers, List<String> names) {
    Map<String, String> listed = new LinkedHashMap<>();
    for (String name : names) {
      String value = headers.get(name);
      if (value != null) {
        listed.put(name, value);
      }
    }
    return listed;
  }

  static Ipld toIpld(Task task) {
    Map<String, Ipld> map = new LinkedHashMap<>();
    map.put("v", new Ipld.Int(Task.VERSION));
    map.put("manifest", new Ipld.LinkNode(task.manifest()));
    map.put(
        "inputs", new Ipld.ListNode(task.inputs().stream().<Ipld>map(Ipld.LinkNode::new).toList()));
    map.put("method", new Ipld.Text(task.method()));
    map.put("profile", new Ipld.Text(task.profile()));
    putText(map, "path", task.path());
    if (!task.arguments().isEmpty()) {
      map.put(
          "args", new Ipld.ListNode(task.arguments().stream().<Ipld>map(Ipld.Text::new).toList()));
    }
    putText(map, "query", task.query());
    if (!task.headers().isEmpty()) {
      Map<String, Ipld> headers = new LinkedHashMap<>();
      task.headers().forEach((name, value) -> headers.put(name, new Ipld.Text(value)));
      map.put("headers", new Ipld.MapNode(headers));
    }
    if (task.contentType() != null) {
      map.put("content-type", new Ipld.Text(task.contentType()));
    }
    if (task.bodyDigest() != null) {
      map.put("body", new Ipld.Bytes(task.bodyDigest().toBytes()));
    }
    return new Ipld.MapNode(map);
  }

  private static void putText(Map<String, Ipld> map, String key, String text) {
    if (!text.isEmpty()) {
      map.put(key, new Ipld.Text(text));
    }
  }
}
