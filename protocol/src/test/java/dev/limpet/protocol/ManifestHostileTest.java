package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no manifest, and why. */
class ManifestHostileTest {
  private static final String START = "{\"v\":1,\"module\":\"" + Samples.MODULE + "\"";

  private static FunctionManifest json(String text) {
    return FunctionManifest.fromJson(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A manifest with this in it is refused, saying that. */
  private static void refused(String why, String more) {
    refusedJson(why, START + "," + more + "}");
  }

  private static void refusedJson(String why, String text) {
    LimpetException e = assertThrows(LimpetException.class, () -> json(text), text);
    assertSays(why, e);
  }

  /** Keys stand in quotes where they come from outside. */
  private static void assertSays(String why, LimpetException e) {
    assertEquals(ErrorCode.BAD_MANIFEST, e.code());
    String detail = e.problem().detail().replace("\"", "");
    assertTrue(detail.contains(why), detail);
  }

  @ParameterizedTest
  @CsvSource({
    "modul, ; did you mean module?",
    "Module, ; did you mean module?",
    "content_type, ; did you mean content-type?",
    "allowSlow, ; did you mean allow-slow?",
    "limit, ; did you mean limits?",
    "grant, ; did you mean grants?",
    "zzz, ''",
    "'', ''"
  })
  void an_unknown_key_is_refused_with_what_was_perhaps_meant(String key, String why) {
    refused("unknown key " + key + why, "\"" + key + "\":1");
  }

  @Test
  void an_unknown_limit_is_refused_with_what_was_perhaps_meant() {
    refused("unknown key limits.memry", "\"limits\":{\"memry\":65536}");
    refused("memory", "\"limits\":{\"memry\":65536}");
    refused("open-files", "\"limits\":{\"open_files\":9}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          v must be 1              | {"module":"%s"}
          v must be 1              | {"v":0,"module":"%s"}
          v must be 1              | {"v":2,"module":"%s"}
          v must be a whole number | {"v":"1","module":"%s"}
          v: expected              | {"v":1.0,"module":"%s"}
          module is missing        | {"v":1}
          leave out                | {"v":1,"module":null}
          module must be a text    | {"v":1,"module":1}
          module: not a CID        | {"v":1,"module":"hello.wasm"}
          appears twice            | {"v":1,"v":1,"module":"%s"}
          something follows        | {"v":1,"module":"%s"}{}
          it must be a map         | []
          it must be a map         | "%s"
          expected                 | {"v":1,"module":"%s"
          """)
  void the_frame_must_be_right(String why, String text) {
    refusedJson(why, text.formatted(Samples.MODULE));
  }

  @Test
  void nothing_and_no_json_are_refused() {
    refusedJson("", "");
    refusedJson("", "\u0000asm");
    byte[] notUtf8 = {'{', '"', (byte) 0xff, '"', ':', '1', '}'};
    assertThrows(LimpetException.class, () -> FunctionManifest.fromJson(notUtf8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          abi must be command, http or raw | "abi":"wasi"
          abi must be command, http or raw | "abi":"Command"
          abi must be a text               | "abi":["raw"]
          profile must look like pure-1    | "profile":"pure"
          profile must look like pure-1    | "profile":"Pure-0"
          profile must look like pure-1    | "profile":"pure-00000"
          limits must be a map             | "limits":[]
          limits.memory must be a whole    | "limits":{"memory":true}
          limits.memory: expected          | "limits":{"memory":1e9}
          limits.memory:                   | "limits":{"memory":"lots"}
          limits.memory:                   | "limits":{"memory":"64mb"}
          limits.wall:                     | "limits":{"wall":"ten"}
          limits.fuel: expected a whole    | "limits":{"fuel":"1MiB"}
          grants must be a map             | "grants":["fetch"]
          grants.fetch must be a list      | "grants":{"fetch":"x"}
          grants.fetch must be a text      | "grants":{"fetch":[1]}
          grants: a name is                | "grants":{"Fetch":[]}
          args must be a list              | "args":"a b"
          args must be a text              | "args":[1]
          args has a NUL                   | "args":["a\\u0000b"]
          env must be a map                | "env":[]
          env.A must be a text             | "env":{"A":1}
          env: a name is                   | "env":{"A=B":"x"}
          env: a name is                   | "env":{"":"x"}
          env: a name is                   | "env":{"1A":"x"}
          env: a name is                   | "env":{"LIMPET_DATA":"x"}
          env.A has a NUL                  | "env":{"A":"\\u0000"}
          headers must be a list           | "headers":{}
          headers: Accept                  | "headers":["Accept"]
          headers: cookie                  | "headers":["cookie"]
          headers: authorization           | "headers":["authorization"]
          headers: host                    | "headers":["host"]
          headers: limpet-node             | "headers":["limpet-node"]
          headers: x-forwarded-for         | "headers":["x-forwarded-for"]
          headers: sec-fetch-site          | "headers":["sec-fetch-site"]
          headers: connection              | "headers":["connection"]
          headers:                         | "headers":["a b"]
          headers:                         | "headers":[""]
          content-type must look like      | "content-type":"csv"
          content-type must look like      | "content-type":" text/csv"
          content-type must look like      | "content-type":"/csv"
          content-type must look like      | "content-type":"text/csv\\r\\nSet-Cookie: a=b"
          content-type must be a text      | "content-type":[]
          requires must be a map           | "requires":[]
          requires: a label                | "requires":{"a b":"x"}
          memo must be true, false or     | "memo":"yes"
          memo must be true, false or     | "memo":1
          allow-slow must be true or false | "allow-slow":"no"
          script: not a CID                | "script":"main.js"
          """)
  void a_value_of_another_form_is_refused_by_its_key(String why, String more) {
    refused(why, more);
  }

  @ParameterizedTest
  @CsvSource({
    "memory, 65536, 4294967296, 0, 4294967297",
    "fuel, 1, 1152921504606846976, 0, 1152921504606846977",
    "output, 0, 1099511627776, -1, 1099511627777",
    "log, 1024, 16777216, 1023, 16777217",
    "open-files, 8, 1024, 7, 1025",
    "scratch, 0, 4294967296, -1, 4294967297",
    "call-depth, 16, 100000, 15, 100001",
    "wall, 1, 86400000, 0, 86400001"
  })
  void each_limit_has_a_range(String key, long least, long most, long less, long more) {
    ManifestLimit limit = ManifestLimit.ofKey(key).orElseThrow();
    for (long value : new long[] {least, most}) {
      FunctionManifest manifest = json(START + ",\"limits\":{\"" + key + "\":" + value + "}}");
      assertEquals(value, manifest.limit(limit).orElseThrow());
    }
    refused("limits." + key + " is ", "\"limits\":{\"" + key + "\":" + less + "}");
    refused("limits." + key + " is ", "\"limits\":{\"" + key + "\":" + more + "}");
    refused("limits." + key + " is ", "\"limits\":{\"" + key + "\":" + Long.MIN_VALUE + "}");
  }

  @Test
  void the_test_of_ranges_knows_every_limit() {
    assertEquals(
        List.of("memory", "fuel", "output", "log", "open-files", "scratch", "call-depth", "wall"),
        ManifestLimit.keys());
  }

  @Test
  void memory_is_of_whole_pages() {
    refused("whole pages of 64KiB", "\"limits\":{\"memory\":65537}");
  }

  @Test
  void lists_maps_and_texts_are_bounded() {
    String many =
        IntStream.rangeClosed(0, ManifestRules.MAX_ENTRIES)
            .mapToObj(i -> "\"A" + i + "\":\"\"")
            .collect(Collectors.joining(",", "{", "}"));
    refused("env has more than 64 entries", "\"env\":" + many);
    refused("requires has more than 64 entries", "\"requires\":" + many);
    String grants = many.replace("A", "a").replace(":\"\"", ":[]");
    refused("grants has more than 64 entries", "\"grants\":" + grants);
    String list = "[" + "\"\",".repeat(ManifestRules.MAX_ENTRIES) + "\"\"]";
    refused("args has more than 64 entries", "\"args\":" + list);
    refused("grants.a has more than 64 entries", "\"grants\":{\"a\":" + list + "}");
    String headers =
        IntStream.rangeClosed(0, Invocation.MAX_LISTED_HEADERS)
            .mapToObj(i -> "\"x-" + i + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    refused("headers has more than 16 names", "\"headers\":" + headers);
    refused("headers:", "\"headers\":[\"" + "x".repeat(64) + "\"]");
    String longText = "\"" + "x".repeat(ManifestRules.MAX_VALUE_CHARS + 1) + "\"";
    refused("args has more than 4096 characters", "\"args\":[" + longText + "]");
    refused("env.A has more than 4096", "\"env\":{\"A\":" + longText + "}");
  }

  @Test
  void a_manifest_as_a_whole_is_bounded() {
    String half = "\"" + "x".repeat(ManifestRules.MAX_VALUE_CHARS) + "\"";
    assertEquals(1, json(START + ",\"args\":[" + half + "]}").args().size());
    refused("its block has more than 8192 bytes", "\"args\":[" + half + "," + half + "]");
    refusedJson("more than 65536 bytes", START + "}" + " ".repeat(1 << 16));
    refusedJson("nested deeper", START + ",\"args\":" + "[".repeat(100));
  }

  @Test
  void a_module_is_a_file_named_by_version_1() {
    String v0 = Cid.v0(Samples.DATA.multihash()).toString();
    refusedJson("module must be a CID of version 1", "{\"v\":1,\"module\":\"" + v0 + "\"}");
    refusedJson(
        "module must be the CID of a file", "{\"v\":1,\"module\":\"" + Samples.FUNCTION + "\"}");
    refused("script must be a CID of version 1", "\"script\":\"" + v0 + "\"");
  }

  private static Map<String, Ipld> tree() {
    Map<String, Ipld> tree = new LinkedHashMap<>();
    tree.put("v", new Ipld.Int(1));
    tree.put("module", new Ipld.LinkNode(Samples.MODULE));
    return tree;
  }

  private static void refusedBlock(String why, Map<String, Ipld> tree) {
    refusedBlock(why, DagCbor.encode(new Ipld.MapNode(tree)));
  }

  private static void refusedBlock(String why, byte[] block) {
    LimpetException e =
        assertThrows(LimpetException.class, () -> FunctionManifest.fromBlock(block));
    assertSays(why, e);
  }

  @Test
  void a_block_in_another_form_than_the_canonical_one_is_refused() {
    Map<String, Ipld> emptyList = tree();
    emptyList.put("args", new Ipld.ListNode(List.of()));
    refusedBlock("not in its canonical form", emptyList);
    for (String key : List.of("limits", "grants", "env", "requires")) {
      Map<String, Ipld> emptyMap = tree();
      emptyMap.put(key, new Ipld.MapNode(Map.of()));
      refusedBlock("not in its canonical form", emptyMap);
    }
    Map<String, Ipld> unsorted = tree();
    unsorted.put("headers", new Ipld.ListNode(List.of(new Ipld.Text("b"), new Ipld.Text("a"))));
    refusedBlock("not in its canonical form", unsorted);
    Map<String, Ipld> twice = tree();
    twice.put("headers", new Ipld.ListNode(List.of(new Ipld.Text("a"), new Ipld.Text("a"))));
    refusedBlock("not in its canonical form", twice);
  }

  @Test
  void in_a_block_links_are_links_and_limits_are_integers() {
    Map<String, Ipld> text = tree();
    text.put("module", new Ipld.Text(Samples.MODULE.toString()));
    refusedBlock("module must be a link", text);
    Map<String, Ipld> size = tree();
    size.put("limits", new Ipld.MapNode(Map.of("memory", new Ipld.Text("64MiB"))));
    refusedBlock("limits.memory must be a whole number", size);
    Map<String, Ipld> absent = tree();
    absent.put("profile", new Ipld.Null());
    refusedBlock("profile must be a text", absent);
    Map<String, Ipld> unknown = tree();
    unknown.put("modul", new Ipld.Int(1));
    refusedBlock("unknown key modul", unknown);
  }

  @Test
  void what_is_no_map_or_no_dag_cbor_is_no_manifest() {
    refusedBlock("it must be a map", DagCbor.encode(new Ipld.Int(1)));
    refusedBlock("", new byte[0]);
    refusedBlock("", new byte[] {0, 'a', 's', 'm'});
    refusedBlock("more than 8192 bytes", new byte[FunctionManifest.MAX_MANIFEST_BYTES + 1]);
    byte[] good = DagCbor.encode(new Ipld.MapNode(tree()));
    for (int length = 0; length < good.length; length++) {
      refusedBlock("", Arrays.copyOf(good, length));
    }
    refusedBlock("", Arrays.copyOf(good, good.length + 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void damaged_manifests_are_refused_or_read_back_the_same(boolean block) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<FunctionManifest> all =
        Vectors.manifests().map(vector -> FunctionManifest.fromJson(vector.json())).toList();
    for (int round = 0; round < 5000; round++) {
      FunctionManifest manifest = all.get(random.nextInt(all.size()));
      byte[] damaged = block ? manifest.encode() : manifest.toJson();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(block ? 256 : 128);
      }
      try {
        FunctionManifest read =
            block ? FunctionManifest.fromBlock(damaged) : FunctionManifest.fromJson(damaged);
        assertEquals(read, FunctionManifest.fromBlock(read.encode()), "seed " + seed);
      } catch (LimpetException e) {
        assertEquals(ErrorCode.BAD_MANIFEST, e.code(), "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
