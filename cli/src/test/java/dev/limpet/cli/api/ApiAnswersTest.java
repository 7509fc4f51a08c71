package dev.limpet.cli.api;

import static dev.limpet.cli.api.ApiMachine.JOIN;
import static dev.limpet.cli.api.ApiMachine.TOKEN;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import dev.limpet.node.Node;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.TreeHash;
import dev.limpet.protocol.tlog.WitnessRequest;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives every operation of a real gateway and node; {@link ApiCheck} looks at each answer. */
class ApiAnswersTest {
  private static final ApiCheck CHECK = new ApiCheck(ApiDocument.read());
  private static final String WASM = "Content-Type: application/wasm";
  private static final String CAR = "Accept: application/vnd.ipld.car";
  private static final Block FILE =
      Block.of(Multicodec.RAW, "a file".getBytes(StandardCharsets.UTF_8));
  private static final Block FOLDER =
      Block.of(
          Multicodec.DAG_PB,
          DagPb.encode(
              new PbNode(List.of(new PbLink(FILE.cid(), "a.txt", 6)), new byte[] {0x08, 0x01})));
  private static final Cid NOBODYS =
      Cid.of(Multicodec.RAW, "nobody has it".getBytes(StandardCharsets.UTF_8));

  @TempDir private static Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init") // set by start()
  private static ApiMachine open;

  @SuppressWarnings("NullAway.Init") // set by start()
  private static Node shed;

  @BeforeAll
  static void start() throws IOException {
    open = new ApiMachine(folder.resolve("open"), CHECK, false);
    shed = open.node("shed");
    ApiMachine.add(shed, FILE, FOLDER);
  }

  /** Every operation must have been seen to succeed; what is not built yet, to say so. */
  @AfterAll
  static void stop() {
    open.close();
    Set<String> succeeded =
        CHECK.seen().stream()
            .filter(seen -> seen.matches(".* (2..|304|501|default)"))
            .map(seen -> seen.split(" ", 2)[0])
            .collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    ApiDocument.read().operations().forEach(operation -> missing.add(operation.id()));
    missing.removeAll(succeeded);
    assertEquals(Set.of(), missing);
  }

  private static JsonObject json(WireAnswer answer, int status) {
    assertEquals(status, answer.status(), answer.text());
    return new JsonObject(Buffer.buffer(answer.bytes()));
  }

  private static JsonObject deploy(byte[] module, String name) {
    return json(open.send("POST", "/v1/functions?name=" + name, module, WASM), 201);
  }

  private static void deployHttp(byte[] module, String name) {
    String cid = deploy(module, name).getString("module");
    String manifest = "{\"v\":1,\"module\":\"" + cid + "\",\"abi\":\"http\"}";
    assertEquals(201, open.json("POST", "/v1/functions?name=" + name, manifest).status());
  }

  private static void problem(int status, String code, WireAnswer answer) {
    assertEquals(code, json(answer, status).getString("code"), answer.text());
  }

  @Test
  void calls_answer_as_described() {
    deploy(SampleModules.printsArguments(), "arguments");
    deploy(SampleModules.copiesInput(0), "copy");
    deploy(SampleModules.echo(), "say");
    String folderCid = FOLDER.cid().toString();
    WireAnswer answer = open.ask("GET", "/on/" + folderCid + "/a.txt/-/copy");
    assertEquals("a file", answer.text());
    String etag = answer.trailer("ETag").orElse(answer.header("ETag"));
    assertEquals(
        304, open.ask("GET", "/on/" + FILE.cid() + "/-/copy", "If-None-Match: " + etag).status());
    assertEquals(200, open.ask("HEAD", "/fn/arguments?arg=x").status());
    assertEquals(200, open.ask("GET", "/fn/copy?limpet-data=" + FILE.cid()).status());
    assertEquals(
        "body", open.send("POST", "/fn/say", "body".getBytes(StandardCharsets.UTF_8)).text());
    assertEquals(200, open.send("POST", "/on/" + FILE.cid() + "/-/say", new byte[0]).status());
    assertEquals(200, open.send("POST", "/fn/say", new byte[200_000]).status());
  }

  @Test
  void http_functions_answer_with_a_status_of_their_own() {
    deployHttp(
        SampleModules.writes("Status: 404\nX-Own: yes\nContent-Type: text/html\n\nno"), "own");
    deployHttp(SampleModules.writes("Status: 201\nLocation: /x\n\n"), "made");
    for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
      for (String below : List.of("", "/a/b?c=d")) {
        assertEquals(404, open.ask(method, "/fn/own" + below).status());
        assertEquals(201, open.ask(method, "/on/" + FILE.cid() + "/-/made" + below).status());
      }
    }
    deployHttp(SampleModules.writes("Status: 200\n\nyes"), "yes");
    assertEquals("yes", open.ask("GET", "/on/" + FILE.cid() + "/-/yes/a/b").text());
  }

  @Test
  void calls_that_fail_say_so_as_described() {
    deploy(SampleModules.traps(), "trap");
    deploy(SampleModules.exitsWith(3), "fail");
    deploy(SampleModules.exitsWith(64), "refuse");
    deploy(SampleModules.loopsForever(), "loop");
    WireAnswer trapped = open.ask("GET", "/fn/trap");
    problem(502, "guest-trapped", trapped);
    String receipt = trapped.header("Limpet-Receipt");
    await().until(() -> open.ask("GET", "/v1/receipts/" + receipt).status() == 200);
    problem(502, "guest-failed", open.ask("GET", "/on/" + FILE.cid() + "/-/fail"));
    problem(400, "bad-arguments", open.ask("GET", "/fn/refuse"));
    problem(504, "out-of-time", open.ask("GET", "/fn/loop", "Limpet-Timeout: 1s"));
    problem(404, "name-not-found", open.ask("GET", "/fn/no-such-function"));
    problem(404, "data-not-found", open.ask("GET", "/on/" + NOBODYS + "/-/trap"));
    problem(404, "data-not-found", open.ask("GET", "/on/" + FOLDER.cid() + "/b.txt/-/trap"));
    problem(400, "bad-query", open.ask("GET", "/fn/trap?limpet-other=1"));
    problem(400, "bad-header", open.ask("GET", "/fn/trap", "Limpet-Timeout: soon"));
    problem(400, "body-not-allowed", open.send("GET", "/fn/trap", new byte[1]));
    problem(405, "method-not-allowed", open.ask("PUT", "/fn/trap"));
    problem(403, "foreign-origin", open.ask("GET", "/fn/trap", "Origin: https://evil.example"));
    problem(421, "wrong-host", open.ask("GET", "/fn/trap", "Host: evil.example"));
    problem(431, "headers-too-large", open.ask("GET", "/fn/trap", "X: " + "x".repeat(70_000)));
    problem(414, "target-too-long", open.ask("GET", "/fn/trap?arg=" + "x".repeat(10_000)));
  }

  @Test
  void data_is_read_as_described() {
    String file = "/ipfs/" + FOLDER.cid() + "/a.txt";
    assertEquals("a file", open.ask("GET", file).text());
    assertEquals("file", open.ask("GET", file, "Range: bytes=2-5").text());
    problem(416, "range-not-satisfiable", open.ask("GET", file, "Range: bytes=9-"));
    assertEquals(200, open.ask("HEAD", file).status());
    assertEquals(304, open.ask("GET", file, "If-None-Match: \"" + FILE.cid() + "\"").status());
    assertEquals(301, open.ask("GET", "/ipfs/" + FOLDER.cid()).status());
    JsonObject page = json(open.ask("GET", "/ipfs/" + FOLDER.cid() + "/?format=json"), 200);
    assertEquals("a.txt", page.getJsonArray("items").getJsonObject(0).getString("name"));
    assertEquals(200, open.ask("GET", file + "?format=raw").status());
    assertEquals(200, open.ask("GET", "/ipfs/" + FOLDER.cid() + "?format=car").status());
    problem(400, "bad-query", open.ask("GET", file + "?format=zip"));
    problem(406, "not-acceptable", open.ask("GET", file + "?format=dag-json"));
    problem(404, "data-not-found", open.ask("GET", "/ipfs/" + NOBODYS));
    problem(404, "data-not-found", open.ask("GET", "/ipfs/" + FOLDER.cid() + "/b"));
    problem(400, "bad-cid", open.ask("GET", "/ipfs/bafyno"));
    problem(400, "bad-path", open.ask("GET", "/ipfs/" + FOLDER.cid() + "/../x"));
  }

  @Test
  void functions_come_and_go_as_described() {
    JsonObject one = deploy(SampleModules.writes("one"), "greet");
    String cid = one.getString("function");
    assertEquals(1, one.getInteger("version"));
    JsonObject unnamed =
        json(open.send("POST", "/v1/functions", SampleModules.writes("2"), WASM), 201);
    assertFalse(unnamed.containsKey("version"));
    JsonObject page = json(open.ask("GET", "/v1/functions?limit=1"), 200);
    assertTrue(page.containsKey("next"));
    json(open.ask("GET", "/v1/functions?cursor=" + page.getString("next")), 200);
    json(open.ask("GET", "/v1/functions/" + cid), 200);
    assertEquals(200, open.ask("HEAD", "/v1/functions/" + cid).status());
    WireAnswer car = open.ask("GET", "/v1/functions/" + cid, CAR);
    assertEquals("application/vnd.ipld.car", car.header("Content-Type"));
    problem(409, "function-in-use", open.ask("DELETE", "/v1/functions/" + cid));
    String other = "/v1/functions/" + unnamed.getString("function");
    assertEquals(204, open.ask("DELETE", other).status());
    problem(404, "function-not-found", open.ask("DELETE", other));
    problem(404, "function-not-found", open.ask("GET", other));
    problem(422, "gate-refused", open.send("POST", "/v1/functions", new byte[] {0, 1}, WASM));
    problem(400, "bad-manifest", open.json("POST", "/v1/functions", "{\"v\":9}"));
    problem(400, "bad-name", open.send("POST", "/v1/functions?name=A", new byte[1], WASM));
    problem(415, "unsupported-media-type", open.send("POST", "/v1/functions", new byte[1]));
    problem(
        412,
        "version-conflict",
        open.send(
            "POST", "/v1/functions?name=greet", SampleModules.hello(), WASM, "If-Match: \"7\""));
    problem(400, "bad-query", open.ask("GET", "/v1/functions?limit=0"));
  }

  @Test
  void names_move_as_described() {
    String one = deploy(SampleModules.writes("1"), "n").getString("function");
    deploy(SampleModules.writes("2"), "n");
    JsonObject name = json(open.ask("GET", "/v1/names/n"), 200);
    assertEquals(2, name.getJsonArray("history").size());
    json(open.ask("GET", "/v1/names"), 200);
    json(open.json("POST", "/v1/names/n/rollback", "{\"to\":1}"), 200);
    json(
        open.json("PUT", "/v1/names/m", "{\"function\":\"" + one + "\"}", "If-None-Match: *"), 200);
    problem(
        412,
        "version-conflict",
        open.json("PUT", "/v1/names/m", "{\"function\":\"n@2\"}", "If-Match: \"5\""));
    problem(400, "bad-json", open.json("PUT", "/v1/names/m", "{"));
    problem(404, "name-not-found", open.json("POST", "/v1/names/n/rollback", "{\"to\":99}"));
    problem(404, "name-not-found", open.ask("GET", "/v1/names/nobody"));
    problem(400, "bad-name", open.ask("GET", "/v1/names/A"));
    assertEquals(204, open.ask("DELETE", "/v1/names/m").status());
    problem(404, "name-not-found", open.ask("DELETE", "/v1/names/m"));
  }

  @Test
  void placement_and_executions_are_shown_as_described() {
    deploy(SampleModules.copiesInput(0), "where");
    JsonObject why =
        json(open.ask("GET", "/v1/why?function=where&data=" + FOLDER.cid() + "/a.txt"), 200);
    assertEquals("shed", why.getString("chosen"));
    json(open.ask("GET", "/v1/why?function=where"), 200);
    problem(400, "bad-query", open.ask("GET", "/v1/why"));
    json(open.ask("GET", "/v1/holders/" + FOLDER.cid()), 200);
    problem(404, "data-not-found", open.ask("GET", "/v1/holders/" + NOBODYS));
    String id = open.ask("GET", "/on/" + FILE.cid() + "/-/where").header("Limpet-Execution");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                "done"
                    .equals(json(open.ask("GET", "/v1/executions/" + id), 200).getString("state")));
    assertEquals(204, open.ask("DELETE", "/v1/executions/" + id).status());
    assertEquals(200, open.ask("GET", "/v1/executions/" + id + "/log").status());
    assertEquals(200, open.ask("HEAD", "/v1/executions/" + id + "/log").status());
    String nobody = "/v1/executions/" + ExecutionId.random();
    problem(404, "execution-not-found", open.ask("GET", nobody + "/log"));
    problem(400, "bad-query", open.ask("GET", nobody + "/log?follow=maybe"));
    problem(404, "execution-not-found", open.ask("GET", "/v1/executions/x-nobody"));
    problem(404, "execution-not-found", open.ask("DELETE", "/v1/executions/x-nobody"));
  }

  @Test
  void calls_that_nobody_waits_for_are_answered_as_described() {
    deploy(SampleModules.hello(), "later");
    deploy(SampleModules.traps(), "unwell-later");
    for (String name : List.of("later", "unwell-later")) {
      JsonObject call = json(open.ask("GET", "/fn/" + name, "Prefer: respond-async"), 202);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> open.ask("GET", call.getString("result")).status() != 409);
      json(open.ask("GET", call.getString("location")), 200);
      WireAnswer answer = open.ask("GET", call.getString("result"));
      assertEquals(name.equals("later") ? 200 : 502, answer.status(), answer::text);
      assertEquals(204, open.ask("DELETE", call.getString("location")).status());
      problem(404, "execution-not-found", open.ask("GET", call.getString("result")));
    }
  }

  @Test
  void a_call_that_nobody_waits_for_keeps_its_answer_as_described() {
    deploy(SampleModules.printsArguments(), "later");
    deploy(SampleModules.loopsForever(), "endless");
    String later = "Prefer: respond-async";
    JsonObject call = json(open.ask("GET", "/fn/later?arg=x", later), 202);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                json(open.ask("GET", call.getString("location")), 200)
                    .getString("state")
                    .equals("done"));
    assertEquals(200, open.ask("GET", call.getString("result")).status());
    assertEquals(200, open.ask("HEAD", call.getString("result")).status());
    JsonObject endless = json(open.ask("GET", "/fn/endless", later), 202);
    problem(409, "not-ended", open.ask("GET", endless.getString("result")));
    assertEquals(204, open.ask("DELETE", endless.getString("location")).status());
    String nobody = "/v1/executions/" + ExecutionId.random();
    problem(404, "execution-not-found", open.ask("GET", nobody + "/result"));
  }

  @Test
  void logs_are_read_as_described() {
    deploy(SampleModules.traps(), "unwell");
    problem(502, "guest-trapped", open.ask("GET", "/fn/unwell"));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                !json(open.ask("GET", "/v1/logs?function=unwell&limit=1"), 200)
                    .getJsonArray("items")
                    .isEmpty());
    assertEquals(200, open.ask("HEAD", "/v1/logs?function=unwell&follow=true").status());
    problem(400, "bad-query", open.ask("GET", "/v1/logs"));
    problem(404, "name-not-found", open.ask("GET", "/v1/logs?function=nobody"));
  }

  @Test
  void receipts_are_shown_as_described() throws IOException {
    deploy(SampleModules.copiesInput(0), "proven");
    WireAnswer answer = open.ask("GET", "/on/" + FILE.cid() + "/-/proven");
    String receipt = answer.headerOrTrailer("Limpet-Receipt");
    await().until(() -> open.ask("GET", "/v1/receipts/" + receipt).status() == 200);
    problem(404, "receipt-not-found", open.ask("GET", "/v1/receipts/" + FILE.cid()));
    problem(400, "bad-cid", open.ask("GET", "/v1/receipts/x"));
    String function = "&function=" + answer.header("Limpet-Function");
    String about = "?data=" + FILE.cid() + function + "&since=2026-01-01T00:00:00Z&limit=10";
    for (String list : List.of("/v1/receipts", "/v1/executions")) {
      assertFalse(json(open.ask("GET", list + about), 200).getJsonArray("items").isEmpty());
      problem(400, "bad-query", open.ask("GET", list + "?since=yesterday"));
      problem(400, "bad-query", open.ask("GET", list + "?cursor=%2F"));
      problem(400, "bad-cid", open.ask("GET", list + "?function=x"));
    }
    Path kept = Files.createDirectories(folder.resolve("open/gateway/audit-evidence/x-kept"));
    Files.writeString(kept.resolve("case.txt"), "a and b gave different answers\n");
    json(open.ask("GET", "/v1/disagreements"), 200);
    assertEquals(
        "a and b gave different answers\n",
        open.ask("GET", "/v1/disagreements/x-kept/case.txt").text());
    problem(404, "not-found", open.ask("GET", "/v1/disagreements/log-1/known.note"));
    assertEquals(200, open.ask("GET", "/v1/witness/key").status());
    assertEquals(200, open.ask("GET", "/v1/verify").status());
    problem(409, "unknown-session", open.ask("GET", "/v1/witness/enrolment"));
    byte[] nothing = new byte[0];
    problem(409, "unknown-session", open.send("POST", "/v1/witness/add-checkpoint", nothing));
  }

  @Test
  void probes_answer_and_what_is_not_built_yet_says_so() {
    problem(501, "not-supported", open.ask("GET", "/v1/jobs"));
    problem(501, "not-supported", open.json("POST", "/v1/jobs", "{}"));
    json(open.ask("GET", "/routing/v1/providers/bafkqaaa"), 200);
    problem(400, "bad-cid", open.ask("GET", "/routing/v1/providers/x"));
    json(open.ask("GET", "/health/live"), 200);
    json(open.ask("GET", "/health/ready"), 200);
    assertTrue(open.ask("GET", "/metrics").text().contains("limpet_gateway"));
    WireAnswer document = open.ask("GET", "/v1/openapi.json");
    assertEquals(ApiDocument.read().json(), json(document, 200));
    assertEquals("no-cache", document.header("Cache-Control"));
    String known = "If-None-Match: " + document.header("ETag");
    assertEquals(304, open.ask("GET", "/v1/openapi.json", known).status());
    WireAnswer head = open.ask("HEAD", "/v1/openapi.json");
    assertEquals(document.header("Content-Length"), head.header("Content-Length"));
  }

  @Test
  void nodes_join_with_their_token_as_described(@TempDir Path own) {
    try (ApiMachine guarded = new ApiMachine(own, CHECK, true)) {
      problem(401, "unauthorized", guarded.ask("GET", "/v1/nodes"));
      problem(401, "unauthorized", guarded.ask("GET", "/fn/a"));
      problem(403, "forbidden", guarded.ask("GET", "/v1/names", JOIN));
      problem(403, "forbidden", guarded.ask("GET", "/fn/a", JOIN));
      json(guarded.ask("GET", "/v1/openapi.json"), 200);
      guarded.joinByHand("edge");
      json(guarded.ask("GET", "/v1/nodes/edge", TOKEN), 200);
      problem(400, "bad-json", guarded.json("POST", "/v1/nodes", "{}", JOIN));
      problem(409, "unknown-session", guarded.json("POST", "/v1/nodes/announcements", "{}", TOKEN));
      problem(404, "node-not-found", guarded.ask("GET", "/v1/nodes/nobody", TOKEN));
      problem(404, "node-not-found", guarded.ask("POST", "/v1/nodes/nobody/approve", TOKEN));
      problem(404, "node-not-found", guarded.ask("DELETE", "/v1/nodes/nobody", TOKEN));
      json(guarded.ask("GET", "/v1/nodes", TOKEN), 200);
    }
  }

  @Test
  void logs_of_receipts_are_witnessed_as_described(@TempDir Path own) {
    try (ApiMachine guarded = new ApiMachine(own, CHECK, true)) {
      ApiMachine.Joined node = guarded.joinByHand("edge");
      assertEquals(200, guarded.ask("GET", "/v1/witness/enrolment", node.own()).status());
      String origin = ReceiptFile.origin(node.identity().peerId(), "a");
      TreeHash root = TreeHash.leaf(new byte[] {1});
      String first = new Checkpoint(origin, 1, root).text();
      SignedNote signed = SignedNote.sign(first, origin, node.identity());
      WitnessRequest request = new WitnessRequest(0, List.of(), signed);
      byte[] body = request.toString().getBytes(StandardCharsets.UTF_8);
      String type = "Content-Type: application/octet-stream";
      WireAnswer seen = guarded.send("POST", "/v1/witness/add-checkpoint", body, node.own(), type);
      assertEquals(200, seen.status(), seen.text());
      assertEquals(
          409, guarded.send("POST", "/v1/witness/add-checkpoint", body, node.own(), type).status());
    }
  }

  @Test
  void people_decide_about_nodes_as_described(@TempDir Path own) {
    try (ApiMachine guarded = new ApiMachine(own, CHECK, true)) {
      guarded.joinByHand("guest");
      json(guarded.ask("POST", "/v1/nodes/guest/drain", TOKEN), 200);
      json(guarded.ask("POST", "/v1/nodes/guest/approve", TOKEN), 200);
      WireAnswer revoked = guarded.ask("POST", "/v1/nodes/guest/revoke", TOKEN);
      assertEquals("revoked", json(revoked, 200).getString("state"));
      assertEquals(204, guarded.ask("DELETE", "/v1/nodes/guest", TOKEN).status());
    }
  }
}
