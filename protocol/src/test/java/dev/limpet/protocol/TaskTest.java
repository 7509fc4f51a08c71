package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TaskTest {
  private static final Cid MANIFEST = FunctionManifest.ofModule(Samples.MODULE, Abi.COMMAND).cid();
  private static final Task PLAIN = get(List.of());
  private static final byte[] DIGEST = sha256("a body");

  private static Task get(List<Cid> inputs) {
    return taskOf(MANIFEST, inputs);
  }

  private static byte[] sha256(String text) {
    return Multihash.sha256(text.getBytes(StandardCharsets.UTF_8)).digest();
  }

  @ParameterizedTest
  @MethodSource("dev.limpet.protocol.Vectors#tasks")
  void a_task_has_the_bytes_and_the_id_of_its_vector(Vectors.OfTask vector) {
    assertEquals(vector.cbor(), HexFormat.of().formatHex(vector.task().encode()));
    assertEquals(vector.cid(), vector.task().cid().toString());
    assertEquals(vector.seed(), HexFormat.of().formatHex(vector.task().seed()));
    assertEquals(vector.clock(), vector.task().clockBaseNanos());
  }

  @ParameterizedTest
  @MethodSource("dev.limpet.protocol.Vectors#tasks")
  void a_task_is_read_from_its_bytes(Vectors.OfTask vector) {
    assertEquals(vector.task(), Task.decode(HexFormat.of().parseHex(vector.cbor())));
  }

  @Test
  void what_is_no_task_is_refused_with_what_is_wrong_about_it() {
    Map<String, Ipld> entries =
        new LinkedHashMap<>(((Ipld.MapNode) TaskRules.toIpld(PLAIN)).entries());
    entries.put("more", new Ipld.Text("x"));
    refuses("unknown keys", entries);
    entries.remove("more");
    entries.put("args", new Ipld.ListNode(List.of(new Ipld.Int(1))));
    refuses("args", entries);
    entries.remove("args");
    entries.put("v", new Ipld.Int(2));
    refuses("version", entries);
    entries.clear();
    refuses("version", entries);
    assertThrows(IllegalArgumentException.class, () -> Task.decode(new byte[] {1}));
    assertThrows(IllegalArgumentException.class, () -> Task.decode(new byte[0]));
  }

  private static void refuses(String why, Map<String, Ipld> entries) {
    byte[] bytes = DagCbor.encode(new Ipld.MapNode(entries));
    String said =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> Task.decode(bytes)).getMessage());
    assertTrue(said.contains(why), said);
  }

  @Test
  void there_are_vectors() {
    assertTrue(Vectors.tasks().count() >= 4);
    assertTrue(Vectors.manifests().count() >= 5);
  }

  @Test
  void the_smallest_task_has_the_id_that_it_always_had() {
    assertEquals(
        "bafyreifv4u6dyzpfw6ozcax4qvxwx2cgveu5svkyi7avrudo7yciabucya", PLAIN.cid().toString());
    assertEquals(
        "\"bafyreifv4u6dyzpfw6ozcax4qvxwx2cgveu5svkyi7avrudo7yciabucya\"", ETags.of(PLAIN.cid()));
  }

  @Test
  void every_part_makes_another_task() {
    List<Task> different =
        List.of(
            PLAIN,
            taskOf(Samples.FUNCTION, List.of()),
            get(List.of(Samples.DATA)),
            get(List.of(Samples.MODULE)),
            get(List.of(Samples.DATA, Samples.MODULE)),
            get(List.of(Samples.MODULE, Samples.DATA)),
            changed("POST", "pure-0", "", List.of(), ""),
            changed("GET", "pure-1", "", List.of(), ""),
            changed("GET", "pure-0", "/a", List.of(), ""),
            changed("GET", "pure-0", "", List.of("/a"), ""),
            changed("GET", "pure-0", "", List.of("/a", ""), ""),
            changed("GET", "pure-0", "", List.of(), "/a"),
            seen(Map.of("accept", "a"), null),
            seen(Map.of("accept", "b"), null),
            seen(Map.of("accept", ""), null),
            seen(Map.of("x-a", "a"), null),
            seen(Map.of(), "a"),
            PLAIN.withBody(DIGEST),
            PLAIN.withBody(sha256("another body")));
    Set<Cid> ids = new HashSet<>();
    for (Task task : different) {
      assertTrue(ids.add(task.cid()), task.toString());
    }
  }

  private static Task changed(
      String method, String profile, String path, List<String> arguments, String query) {
    return new Task(
        MANIFEST, List.of(), method, profile, path, arguments, query, Map.of(), null, null);
  }

  private static Task seen(Map<String, String> headers, @Nullable String contentType) {
    return new Task(
        MANIFEST, List.of(), "GET", "pure-0", "", List.of(), "", headers, contentType, null);
  }

  @Test
  void what_means_the_same_is_the_same_task() {
    Cid v0 = Cid.v0(Samples.DATA.multihash());
    assertEquals(get(List.of(Samples.DATA)).cid(), get(List.of(v0)).cid());
    assertEquals(PLAIN, PLAIN.withBody(sha256("")));
    assertEquals(PLAIN, PLAIN.withBody(DIGEST).withoutBody());
    assertEquals(
        seen(Map.of("x-a", "1", "accept", "2"), null).cid(),
        seen(Map.of("accept", "2", "x-a", "1"), null).cid());
  }

  @Test
  void seed_and_clock_know_all_but_the_body() {
    Task other = get(List.of(Samples.DATA));
    assertArrayEquals(PLAIN.seed(), PLAIN.withBody(DIGEST).seed());
    assertEquals(PLAIN.clockBaseNanos(), PLAIN.withBody(DIGEST).clockBaseNanos());
    assertEquals(Task.SEED_BYTES, PLAIN.seed().length);
    assertNotEquals(HexFormat.of().formatHex(PLAIN.seed()), HexFormat.of().formatHex(other.seed()));
    assertNotEquals(PLAIN.clockBaseNanos(), other.clockBaseNanos());
  }

  @Test
  void clocks_start_in_the_ten_years_from_2020() {
    Instant first = Instant.parse("2020-01-01T00:00:00Z");
    for (int i = 0; i < 1000; i++) {
      Task task = get(List.of(Samples.cid(Multicodec.RAW, "input " + i)));
      Instant start = Instant.ofEpochSecond(0, task.clockBaseNanos());
      assertFalse(start.isBefore(first));
      assertTrue(start.isBefore(Instant.parse("2029-12-29T00:00:00Z")));
    }
  }

  @Test
  void of_a_call_of_a_command_the_arguments_and_the_listed_headers_count() {
    FunctionManifest manifest = manifest(null, List.of("accept", "x-absent"));
    Task task = Task.of(Samples.invocation(), manifest.cid(), manifest, List.of(Samples.MODULE));
    assertEquals(manifest.cid(), task.manifest());
    assertEquals(List.of(Samples.MODULE), task.inputs());
    assertEquals(List.of("a b"), task.arguments());
    assertEquals("", task.query());
    assertEquals("/rest", task.path());
    assertEquals(Map.of("accept", "text/csv"), task.headers());
    assertEquals("text/plain", task.contentType());
    assertEquals("pure-1", task.profile());
    assertEquals(null, task.bodyDigest());
    FunctionManifest lists = manifest(null, List.of());
    assertEquals(
        Map.of(),
        Task.of(Samples.invocation(), lists.cid(), lists, List.of(Samples.MODULE)).headers());
  }

  @Test
  void of_a_call_of_an_http_function_the_raw_query_counts_instead() {
    FunctionManifest manifest = manifest(Abi.HTTP, List.of());
    Task task = Task.of(Samples.invocation(), manifest.cid(), manifest, List.of(Samples.MODULE));
    assertEquals("arg=a%20b&x", task.query());
    assertEquals(List.of(), task.arguments());
  }

  @Test
  void an_input_that_is_not_resolved_makes_no_task() {
    FunctionManifest manifest = manifest(null, List.of());
    assertThrows(
        IllegalArgumentException.class,
        () -> Task.of(Samples.invocation(), manifest.cid(), manifest, List.of()));
  }

  private static FunctionManifest manifest(@Nullable Abi abi, List<String> headers) {
    return new FunctionManifest(
        Samples.MODULE,
        null,
        abi,
        null,
        Map.of(),
        Map.of(),
        List.of(),
        Map.of(),
        headers,
        null,
        Map.of(),
        null,
        null);
  }

  @Test
  void what_no_caller_may_send_is_no_part_of_a_task() {
    refused("manifest", () -> taskOf(Samples.MODULE, List.of()));
    refused("manifest", () -> taskOf(Cid.v0(Samples.DATA.multihash()), List.of()));
    refused("inputs", () -> get(Collections.nCopies(17, Samples.DATA)));
    refused("method", () -> changed("HEAD", "pure-0", "", List.of(), ""));
    refused("method", () -> changed("", "pure-0", "", List.of(), ""));
    refused("method", () -> changed("GET /", "pure-0", "", List.of(), ""));
    refused("method", () -> changed("G".repeat(33), "pure-0", "", List.of(), ""));
    refused("profile", () -> changed("GET", "pure", "", List.of(), ""));
    refused("path", () -> changed("GET", "pure-0", "a", List.of(), ""));
    refused("path", () -> changed("GET", "pure-0", "/" + "a".repeat(8192), List.of(), ""));
    refused("path", () -> changed("GET", "pure-0", "/\ud800", List.of(), ""));
    refused("arguments", () -> changed("GET", "pure-0", "", List.of("\udc00"), ""));
    refused("arguments", () -> changed("GET", "pure-0", "", Collections.nCopies(257, "a"), ""));
    refused("query", () -> changed("GET", "pure-0", "", List.of(), "a".repeat(8193)));
    refused("headers", () -> seen(Map.of("cookie", "a"), null));
    refused("headers", () -> seen(Map.of("Accept", "a"), null));
    refused("headers", () -> seen(Map.of("limpet-node", "a"), null));
    refused("headers.accept", () -> seen(Map.of("accept", "a\r\nb: c"), null));
    refused("contentType", () -> seen(Map.of(), "a\n"));
    refused("bodyDigest", () -> PLAIN.withBody(new byte[31]));
  }

  private static Task taskOf(Cid manifest, List<Cid> inputs) {
    return new Task(manifest, inputs, "GET", "pure-0", "", List.of(), "", Map.of(), null, null);
  }

  private static void refused(String part, Executable executable) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, executable);
    assertTrue(String.valueOf(e.getMessage()).startsWith(part), e.getMessage());
  }
}
