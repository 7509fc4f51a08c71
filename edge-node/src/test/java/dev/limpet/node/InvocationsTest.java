package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.node.invoke.FunctionStore;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.NodeStatus;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvocationsTest {
  private Path dir = Path.of("");
  private NodeUnderTest node;

  @BeforeAll
  void start(@TempDir Path fresh) {
    dir = fresh;
    node = NodeUnderTest.holding(dir.resolve("node"), "max-cpus=3");
  }

  @AfterAll
  void stop() {
    node.close();
  }

  /** Pushes a module and calls it. */
  private TestCall call(byte[] wasm) {
    return call(SampleFunction.of(wasm));
  }

  private TestCall call(SampleFunction function) {
    WireAnswer pushed = push(function.cid().toString(), function.car());
    assertEquals(204, pushed.status(), pushed::text);
    return TestCall.of(function);
  }

  private WireAnswer push(String cid, byte[] car) {
    return SampleFunction.push(node.url(), cid, car);
  }

  private void failed(WireAnswer answer, int status, String code) {
    assertEquals(status, answer.status(), answer::text);
    assertEquals(code, answer.header("Limpet-Error"), answer::text);
    assertEquals("application/problem+json", answer.header("Content-Type"));
    assertFalse(answer.cut());
  }

  @Test
  void an_answer_says_where_it_comes_from() {
    SampleFunction hello = SampleFunction.example("hello");
    ExecutionId id = ExecutionId.random();
    WireAnswer answer = call(hello).execution(id).ask(node);
    assertEquals(200, answer.status(), answer::text);
    assertTrue(answer.text().toLowerCase(Locale.ROOT).contains("hello"), answer::text);
    assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
    assertEquals(id.text(), answer.header("Limpet-Execution"));
    assertEquals(hello.cid().toString(), answer.header("Limpet-Function"));
    assertEquals("miss", answer.header("Limpet-Memo"));
    assertEquals("0", answer.headerOrTrailer("Limpet-Bytes-Fetched"));
    assertEquals("0", answer.headerOrTrailer("Limpet-Blocks-Read"));
    assertEquals("", answer.header("Limpet-Data-Bytes"));
    assertTrue(answer.headerOrTrailer("Limpet-Task").startsWith("bafy"));
    assertEquals(
        "\"" + answer.headerOrTrailer("Limpet-Task") + "\"", answer.headerOrTrailer("ETag"));
    assertTrue(
        answer.headerOrTrailer("Server-Timing").matches("queue;dur=.*, load;dur=.*, run;dur=.*"));
  }

  @Test
  void equal_calls_are_one_task_and_a_known_answer_does_not_run_again() {
    TestCall call = call(SampleModules.hello());
    String tag = call.ask(node).headerOrTrailer("ETag");
    WireAnswer again = call.ifNoneMatch(tag).ask(node);
    assertEquals(304, again.status());
    assertEquals(tag, again.headerOrTrailer("ETag"));
    assertEquals("", again.text());
    WireAnswer other = call.arguments("x").ask(node);
    assertEquals(200, other.status());
    assertNotEquals(tag, other.headerOrTrailer("ETag"));
  }

  @Test
  void head_is_get_without_the_body() {
    WireAnswer answer = call(SampleModules.hello()).head().ask(node);
    assertEquals(200, answer.status());
    assertEquals(Integer.toString(SampleModules.HELLO.length()), answer.header("Content-Length"));
    assertTrue(answer.headerOrTrailer("ETag").startsWith("\"bafy"));
  }

  @Test
  void arguments_and_environment_are_what_the_caller_and_the_manifest_say() {
    SampleFunction arguments =
        SampleFunction.of(SampleModules.printsArguments(), ",\"args\":[\"first\"]");
    String printed = call(arguments).arguments("second", "drei ü").ask(node).text();
    assertTrue(printed.contains("function"), printed);
    assertTrue(printed.indexOf("first") < printed.indexOf("second"), printed);
    assertTrue(printed.contains("drei ü"), printed);
    SampleDag data = SampleDag.file(3, 10);
    assertEquals(201, node.add(data.car()).status());
    SampleFunction environment =
        SampleFunction.of(SampleModules.printsEnvironment(), ",\"env\":{\"A\":\"b\"}");
    String shown = call(environment).on(data.root()).ask(node).text();
    assertTrue(shown.contains("A=b"), shown);
    assertTrue(shown.contains("LIMPET_DATA=" + data.root()), shown);
    assertTrue(shown.contains("LIMPET_FUNCTION=" + environment.cid()), shown);
  }

  @Test
  void a_body_is_standard_input_and_part_of_the_task() {
    TestCall echo = call(SampleModules.echo());
    WireAnswer one = echo.body("one".getBytes(StandardCharsets.UTF_8)).ask(node);
    assertEquals("one", one.text());
    assertEquals("", one.headerOrTrailer("ETag"));
    WireAnswer two = echo.body("two".getBytes(StandardCharsets.UTF_8)).ask(node);
    assertNotEquals(one.headerOrTrailer("Limpet-Task"), two.headerOrTrailer("Limpet-Task"));
    WireAnswer chunked = echo.chunked("one".getBytes(StandardCharsets.UTF_8)).ask(node);
    assertEquals("one", chunked.text());
    assertEquals(one.headerOrTrailer("Limpet-Task"), chunked.headerOrTrailer("Limpet-Task"));
  }

  @Test
  void a_large_body_streams_through_and_the_end_comes_as_trailers() {
    byte[] body = SampleDag.bytes(1, 5 << 20);
    WireAnswer answer = call(SampleModules.echo()).body(body).ask(node);
    assertEquals(200, answer.status());
    assertFalse(answer.cut());
    assertTrue(Arrays.equals(body, answer.bytes()));
    assertEquals("", answer.header("Limpet-Task"));
    assertTrue(answer.trailer("Limpet-Task").orElse("").startsWith("bafy"));
    assertEquals("0", answer.trailer("Limpet-Bytes-Fetched").orElse(""));
    assertTrue(answer.trailer("Server-Timing").isPresent());
  }

  @Test
  void a_guest_that_traps_after_its_first_bytes_cuts_the_stream() {
    WireAnswer early = call(SampleModules.writesThenTraps(1000)).ask(node);
    failed(early, 502, "guest-trapped");
    WireAnswer late = call(SampleModules.writesThenTraps(100_000)).ask(node);
    assertEquals(200, late.status());
    assertTrue(late.cut());
    assertTrue(late.bytes().length <= 100_000);
    assertEquals(List.of(), late.trailers());
  }

  @Test
  void exit_codes_become_errors_with_what_the_function_says() {
    assertEquals(200, call(SampleModules.exitsWith(0)).ask(node).status());
    for (int code : new int[] {1, 3, 255}) {
      WireAnswer answer = call(SampleModules.exitsWith(code)).ask(node);
      failed(answer, 502, "guest-failed");
      assertTrue(answer.text().contains("\"exitCode\":" + code + "}"), answer::text);
    }
    WireAnswer usage = call(SampleModules.exitsWith(64)).ask(node);
    failed(usage, 400, "bad-arguments");
    failed(call(SampleModules.traps()).ask(node), 502, "guest-trapped");
  }

  @Test
  void limits_end_a_function_with_a_code_of_their_own() {
    SampleFunction fuel =
        SampleFunction.of(SampleModules.loopsForever(), ",\"limits\":{\"fuel\":1000000}");
    failed(call(fuel).ask(node), 504, "out-of-fuel");
    failed(call(SampleModules.loopsForever()).timeoutMs(300).ask(node), 504, "out-of-time");
    SampleFunction wall =
        SampleFunction.of(SampleModules.loopsForever(), ",\"limits\":{\"wall\":\"200ms\"}");
    failed(call(wall).ask(node), 504, "out-of-time");
    SampleFunction memory =
        SampleFunction.of(SampleModules.growsThenTraps(), ",\"limits\":{\"memory\":\"1MiB\"}");
    failed(call(memory).ask(node), 507, "out-of-memory");
    SampleFunction output =
        SampleFunction.of(SampleModules.floodsOutput(), ",\"limits\":{\"output\":\"40KiB\"}");
    failed(call(output).ask(node), 507, "out-of-output");
  }

  @Test
  void what_this_kind_of_function_does_not_take_is_refused_by_name() {
    TestCall call = call(SampleModules.hello());
    WireAnswer put = call.method("PUT").ask(node);
    failed(put, 405, "method-not-allowed");
    assertEquals("GET, HEAD, POST", put.header("Allow"));
    call.method("GET");
    failed(call.path("/below").ask(node), 400, "bad-path");
    failed(call.path("").query("arg=1&color=red").ask(node), 400, "bad-query");
    assertEquals(200, call.query("arg=1").arguments("1").ask(node).status());
    failed(
        TestCall.of(SampleFunction.of(SampleModules.hello()))
            .body(new byte[1])
            .method("GET")
            .ask(node),
        400,
        "body-not-allowed");
  }

  @Test
  void data_is_read_in_place_and_counted() {
    SampleDag data = SampleDag.file(7, 3 << 20);
    assertEquals(201, node.add(data.car()).status());
    WireAnswer answer = call(SampleModules.copiesFile(".")).on(data.root()).ask(node);
    assertEquals(200, answer.status(), answer::text);
    assertTrue(Arrays.equals(SampleDag.bytes(7, 3 << 20), answer.bytes()));
    assertEquals(Integer.toString(3 << 20), answer.header("Limpet-Data-Bytes"));
    assertEquals("4", answer.trailer("Limpet-Blocks-Read").orElse(""));
    WireAnswer middle =
        call(SampleModules.readsFileAt(".", 1_500_000, 4096)).on(data.root()).ask(node);
    assertEquals(4096, middle.bytes().length);
    assertEquals("2", middle.headerOrTrailer("Limpet-Blocks-Read"));
  }

  @Test
  void a_path_below_a_root_is_data_too_and_one_that_is_not_there_is_not_found() {
    SampleDag data = SampleDag.directory(dir, Map.of("2013/01.csv", "a,b\n", "readme", "hi"));
    assertEquals(201, node.add(data.car()).status());
    TestCall copy = call(SampleModules.copiesFile(".")).on(data.root(), "2013", "01.csv");
    assertEquals("a,b\n", copy.ask(node).text());
    TestCall inside = call(SampleModules.copiesFile("2013/01.csv")).on(data.root());
    WireAnswer answer = inside.ask(node);
    assertEquals("a,b\n", answer.text());
    assertEquals("6", answer.header("Limpet-Data-Bytes"));
    SampleFunction hello = SampleFunction.of(SampleModules.hello());
    failed(TestCall.of(hello).on(data.root(), "2014").ask(node), 404, "data-not-found");
    failed(TestCall.of(hello).on(data.root(), "readme", "x").ask(node), 404, "data-not-found");
    failed(TestCall.of(hello).on(SampleDag.file(8, 10).root()).ask(node), 409, "not-held");
  }

  @Test
  void an_execution_can_be_cancelled_while_it_runs() throws Exception {
    ExecutionId id = ExecutionId.random();
    TestCall loop = call(SampleFunction.endless()).execution(id);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<WireAnswer> running = threads.submit(() -> loop.ask(node));
      Awaitility.await().until(() -> node.ask("DELETE /v1/invocations/" + id).status() == 204);
      failed(answer(running), 503, "cancelled");
    }
    failed(node.ask("DELETE /v1/invocations/" + id), 404, "execution-not-found");
    failed(node.ask("DELETE /v1/invocations/nonsense"), 400, "bad-path");
  }

  private int running() {
    NodeStatus status = Json.read(NodeStatus.class, node.ask("GET /v1/node").bytes(), 1 << 16);
    return status.load().running();
  }

  @Test
  void a_caller_that_goes_away_ends_the_guest_at_its_next_write() {
    TestCall flood = call(SampleModules.floodsOutput());
    Awaitility.await().until(() -> running() == 0);
    try (WireClient client = WireClient.connect(node.url())) {
      assertEquals(200, flood.send(client).head().status());
      Awaitility.await().until(() -> running() == 1);
    }
    Awaitility.await().until(() -> running() == 0);
  }

  @Test
  void a_guest_that_the_node_has_no_memory_for_is_refused_for_now(@TempDir Path other) {
    try (NodeUnderTest small = NodeUnderTest.start(other, "max-memory=1MiB")) {
      SampleFunction large = SampleFunction.of(SampleModules.fillsForever()); // 17 pages
      assertEquals(201, small.add(large.car()).status());
      AtomicReference<WireAnswer> last = new AtomicReference<>();
      Awaitility.await()
          .until(
              () -> { // it waits for memory once it is compiled, which may take longer than this
                last.set(TestCall.of(large).timeoutMs(200).ask(small));
                return !"out-of-time".equals(last.get().header("Limpet-Error"));
              });
      failed(last.get(), 503, "node-memory");
      assertEquals("1", last.get().header("Retry-After"));
    }
  }

  @Test
  void a_node_that_stops_lets_calls_end(@TempDir Path other) throws Exception {
    SampleFunction loop = SampleFunction.endless();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      NodeUnderTest stopping = NodeUnderTest.start(other);
      Future<WireAnswer> answer;
      try (stopping) {
        assertEquals(201, stopping.add(loop.car()).status());
        answer = threads.submit(() -> TestCall.of(loop).timeoutMs(5000).ask(stopping));
        Awaitility.await()
            .until(
                () ->
                    Json.read(NodeStatus.class, stopping.ask("GET /v1/node").bytes(), 1 << 16)
                            .load()
                            .running()
                        == 1);
      }
      failed(answer(answer), 504, "out-of-time");
    }
  }

  @Test
  void neighbours_answer_while_one_loops() throws Exception {
    ExecutionId id = ExecutionId.random();
    TestCall loop = call(SampleFunction.endless()).execution(id);
    SampleFunction hello = SampleFunction.of(SampleModules.hello());
    call(hello);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<WireAnswer> running = threads.submit(() -> loop.ask(node));
      List<Future<WireAnswer>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        answers.add(threads.submit(() -> TestCall.of(hello).ask(node)));
      }
      for (Future<WireAnswer> answer : answers) {
        assertEquals("hello", answer(answer).text());
      }
      Awaitility.await().until(() -> node.ask("DELETE /v1/invocations/" + id).status() == 204);
      failed(answer(running), 503, "cancelled");
    }
  }

  private static WireAnswer answer(Future<WireAnswer> answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    return answer.get(30, TimeUnit.SECONDS);
  }

  @Test
  void hostile_invocation_headers_are_refused() {
    failed(node.ask("POST /v1/invocations"), 400, "bad-header");
    failed(node.ask("POST /v1/invocations", "Limpet-Invocation: %%%"), 400, "bad-header");
    failed(node.ask("POST /v1/invocations", "Limpet-Invocation: e30"), 400, "bad-json");
    failed(
        node.ask("POST /v1/invocations", "Limpet-Invocation: " + "A".repeat(33_000)),
        431,
        "headers-too-large");
    failed(node.ask("GET /v1/invocations"), 405, "method-not-allowed");
    failed(
        node.ask("POST /v1/invocations", "Authorization: Bearer wrong-token-of-nobody"),
        400,
        "bad-header");
  }

  @Test
  void a_function_that_is_nowhere_says_so() {
    SampleFunction unknown = SampleFunction.of(SampleModules.writes("nobody pushed this"));
    WireAnswer answer = TestCall.of(unknown).ask(node);
    failed(answer, 503, "unreachable");
    assertEquals("2", answer.header("Retry-After"));
  }

  @Test
  void a_pushed_function_must_be_whole_and_admitted() {
    SampleFunction hello = SampleFunction.of(SampleModules.writes("another"));
    byte[] car = hello.car();
    SampleFunction other = SampleFunction.of(SampleModules.writes("third"));
    failed(push(other.cid().toString(), car), 400, "bad-car");
    failed(push(hello.cid().toString(), Arrays.copyOf(car, car.length - 1)), 400, "bad-car");
    byte[] broken = car.clone();
    broken[car.length - 1] ^= 1;
    failed(push(hello.cid().toString(), broken), 400, "bad-block");
    SampleFunction junk = SampleFunction.of("no wasm".getBytes(StandardCharsets.UTF_8));
    failed(push(junk.cid().toString(), junk.car()), 422, "gate-refused");
    String head =
        WireClient.request(
            "PUT /v1/functions/" + hello.cid(),
            null,
            "Content-Type: application/vnd.ipld.car",
            "Content-Length: " + (FunctionStore.MAX_FUNCTION_CAR_BYTES + 1));
    failed(WireClient.ask(node.url(), head), 413, "body-too-large");
  }

  @Test
  void what_a_function_says_of_its_arguments_reaches_its_caller() {
    SampleDag data = SampleDag.file(11, 10);
    assertEquals(201, node.add(data.car()).status());
    WireAnswer answer =
        call(SampleFunction.example("csv")).on(data.root()).arguments("--nonsense").ask(node);
    failed(answer, 400, "bad-arguments");
    assertTrue(answer.text().contains("\"log\":\""), answer::text);
  }

  @Test
  void only_the_gateway_may_run_functions_on_a_guarded_node(@TempDir Path other) throws Exception {
    Path token = Files.writeString(other.resolve("token"), "a-token-for-management-1");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    try (NodeUnderTest guarded = NodeUnderTest.start(other, "token-file=" + token)) {
      TestCall call = TestCall.of(SampleFunction.of(SampleModules.hello()));
      failed(call.ask(guarded), 401, "unauthorized");
      failed(
          guarded.ask("POST /v1/invocations", "Authorization: Bearer a-token-for-management-1"),
          403,
          "forbidden");
    }
  }
}
