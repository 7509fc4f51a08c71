package dev.limpet.protocol;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import io.avaje.json.JsonDataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Manifests from JSON and from blocks. Both become a tree first and are read by the same code; they
 * differ in how a link and a limit may be written, and a block must be in the canonical form.
 */
final class ManifestReader {
  /** All keys, in the order of the documentation. */
  static final List<String> KEYS =
      List.of(
          "v",
          "module",
          "script",
          "abi",
          "profile",
          "limits",
          "grants",
          "args",
          "env",
          "headers",
          "content-type",
          "requires",
          "memo",
          "allow-slow");

  private final Map<String, Ipld> tree;

  /** The text of a CID for what stands in JSON, or null when links are links. */
  private final @Nullable UnaryOperator<String> cids;

  private ManifestReader(Map<String, Ipld> tree, @Nullable UnaryOperator<String> cids) {
    this.tree = tree;
    this.cids = cids;
  }

  static FunctionManifest fromJson(byte[] json, UnaryOperator<String> cids) {
    if (json.length > FunctionManifest.MAX_MANIFEST_JSON_BYTES) {
      throw bad("it has more than " + FunctionManifest.MAX_MANIFEST_JSON_BYTES + " bytes", null);
    }
    try {
      FunctionManifest manifest = new ManifestReader(whole(JsonTree.read(json)), cids).read();
      checkSize(manifest.encode().length);
      return manifest;
    } catch (JsonDataException | IllegalArgumentException | ContentException e) {
      throw bad(e.getMessage(), e);
    }
  }

  static FunctionManifest fromBlock(byte[] block) {
    try {
      checkSize(block.length);
      Ipld tree = DagCbor.decode(block);
      FunctionManifest manifest = new ManifestReader(whole(tree), null).read();
      if (!Arrays.equals(manifest.encode(), block)) {
        throw new IllegalArgumentException(
            "it is not in its canonical form: an empty value is written, or headers are not"
                + " sorted");
      }
      return manifest;
    } catch (IllegalArgumentException | ContentException e) {
      throw bad(e.getMessage(), e);
    }
  }

  private static void checkSize(int bytes) {
    if (bytes > FunctionManifest.MAX_MANIFEST_BYTES) {
      throw new IllegalArgumentException(
          "its block has more than " + FunctionManifest.MAX_MANIFEST_BYTES + " bytes");
    }
  }

  private static LimpetException bad(@Nullable String why, @Nullable Throwable cause) {
    return new LimpetException(
        ErrorCode.BAD_MANIFEST, "this is no function manifest: " + why, cause);
  }

  private FunctionManifest read() {
    onlyKnown("", tree, KEYS);
    Long version = optional("v", ManifestReader::integer);
    if (version == null || version != FunctionManifest.VERSION) {
      throw new IllegalArgumentException("v must be " + FunctionManifest.VERSION);
    }
    String abi = optional("abi", ManifestReader::text);
    return new FunctionManifest(
        Wire.present("module", optional("module", this::link)),
        optional("script", this::link),
        abi == null ? null : abi(abi),
        optional("profile", ManifestReader::text),
        limits(),
        mapOf("grants", ManifestReader::texts),
        orEmpty(optional("args", ManifestReader::texts)),
        mapOf("env", ManifestReader::text),
        orEmpty(optional("headers", ManifestReader::texts)),
        optional("content-type", ManifestReader::text),
        mapOf("requires", ManifestReader::text),
        optional("memo", ManifestMemo::of),
        optional("allow-slow", ManifestReader::bool));
  }

  private static void onlyKnown(String prefix, Map<String, Ipld> map, List<String> known) {
    for (String key : map.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "unknown key " + PercentText.shown(prefix + key) + NearMatch.hint(key, known));
      }
    }
  }

  private static Abi abi(String text) {
    for (Abi abi : Abi.values()) {
      if (abi.text().equals(text)) {
        return abi;
      }
    }
    throw new IllegalArgumentException("abi must be command, http or raw");
  }

  private Map<ManifestLimit, Long> limits() {
    Map<ManifestLimit, Long> limits = new EnumMap<>(ManifestLimit.class);
    Ipld node = tree.get("limits");
    if (node == null) {
      return limits;
    }
    Map<String, Ipld> map = map("limits", node);
    onlyKnown("limits.", map, ManifestLimit.keys());
    map.forEach(
        (key, value) ->
            ManifestLimit.ofKey(key).ifPresent(limit -> limits.put(limit, limit(limit, value))));
    return limits;
  }

  private long limit(ManifestLimit limit, Ipld value) {
    return cids != null && value instanceof Ipld.Text text
        ? limit.parse(text.value())
        : integer("limits." + limit.key(), value);
  }

  private Cid link(String key, Ipld value) {
    if (cids == null) {
      if (value instanceof Ipld.LinkNode link) {
        return link.cid();
      }
      throw expected(key, "a link");
    }
    try {
      return Cid.parse(cids.apply(text(key, value)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }

  /** How one value is read; the key is for the message. */
  private interface Read<T> {
    T from(String key, Ipld value);
  }

  private <T> @Nullable T optional(String key, Read<T> read) {
    Ipld value = tree.get(key);
    return value == null ? null : read.from(key, value);
  }

  private <T> Map<String, T> mapOf(String key, Read<T> read) {
    Map<String, T> entries = new LinkedHashMap<>();
    Ipld node = tree.get(key);
    if (node != null) {
      map(key, node)
          .forEach((name, value) -> entries.put(name, read.from(key + "." + name, value)));
    }
    return entries;
  }

  private static List<String> orEmpty(@Nullable List<String> list) {
    return list == null ? List.of() : list;
  }

  private static Map<String, Ipld> whole(Ipld document) {
    if (document instanceof Ipld.MapNode map) {
      return map.entries();
    }
    throw new IllegalArgumentException("it must be a map");
  }

  private static Map<String, Ipld> map(String key, Ipld value) {
    if (value instanceof Ipld.MapNode map) {
      return map.entries();
    }
    throw expected(key, "a map");
  }

  private static List<String> texts(String key, Ipld value) {
    if (value instanceof Ipld.ListNode list) {
      List<String> texts = new ArrayList<>();
      for (Ipld item : list.items()) {
        texts.add(text(key, item));
      }
      return texts;
    }
    throw expected(key, "a list of texts");
  }

  private static String text(String key, Ipld value) {
    if (value instanceof Ipld.Text text) {
      return text.value();
    }
    throw expected(key, "a text");
  }

  private static long integer(String key, Ipld value) {
    if (value instanceof Ipld.Int number) {
      return number.value();
    }
    throw expected(key, "a whole number");
  }

  private static boolean bool(String key, Ipld value) {
    if (value instanceof Ipld.Bool bool) {
      return bool.value();
    }
    throw expected(key, "true or false");
  }

  private static IllegalArgumentException expected(String key, String what) {
    return new IllegalArgumentException(PercentText.shown(key) + " must be " + what);
  }

  /** The tree that is encoded: only what is there. */
  static Ipld toIpld(FunctionManifest manifest) {
    Map<String, Ipld> map = new LinkedHashMap<>();
    map.put("v", new Ipld.Int(FunctionManifest.VERSION));
    map.put("module", new Ipld.LinkNode(manifest.module()));
    put(map, "script", manifest.script(), Ipld.LinkNode::new);
    put(map, "abi", manifest.abi(), abi -> new Ipld.Text(abi.text()));
    put(map, "profile", manifest.profile(), Ipld.Text::new);
    Map<String, Ipld> limits = new LinkedHashMap<>();
    manifest.limits().forEach((limit, value) -> limits.put(limit.key(), new Ipld.Int(value)));
    putUnlessEmpty(map, "limits", limits);
    putUnlessEmpty(map, "grants", values(manifest.grants(), ManifestReader::list));
    if (!manifest.args().isEmpty()) {
      map.put("args", list(manifest.args()));
    }
    putUnlessEmpty(map, "env", values(manifest.env(), Ipld.Text::new));
    if (!manifest.headers().isEmpty()) {
      map.put("headers", list(manifest.headers()));
    }
    put(map, "content-type", manifest.contentType(), Ipld.Text::new);
    putUnlessEmpty(map, "requires", values(manifest.requires(), Ipld.Text::new));
    put(map, "memo", manifest.memo(), ManifestMemo::node);
    put(map, "allow-slow", manifest.allowSlow(), Ipld.Bool::new);
    return new Ipld.MapNode(map);
  }

  private static <T> void put(
      Map<String, Ipld> map, String key, @Nullable T value, Function<T, Ipld> node) {
    if (value != null) {
      map.put(key, node.apply(value));
    }
  }

  private static void putUnlessEmpty(Map<String, Ipld> map, String key, Map<String, Ipld> value) {
    if (!value.isEmpty()) {
      map.put(key, new Ipld.MapNode(value));
    }
  }

  private static <T> Map<String, Ipld> values(Map<String, T> map, Function<T, Ipld> node) {
    Map<String, Ipld> values = new LinkedHashMap<>();
    map.forEach((key, value) -> values.put(key, node.apply(value)));
    return values;
  }

  private static Ipld list(List<String> texts) {
    return new Ipld.ListNode(texts.stream().<Ipld>map(Ipld.Text::new).toList());
  }
}
