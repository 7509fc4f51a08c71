package dev.limpet.gateway;

import static dev.limpet.gateway.DeployTest.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeInfo;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.audit.AuditEntry;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Managing the nodes of a gateway where somebody approves each, over HTTP. */
class NodesTest {
  private static final String CAR = "Accept: application/vnd.ipld.car";

  private final NodeIdentity identity = NodeIdentity.generate();
  private final Path dir;
  private final GatewayUnderTest gateway;
  private long sequence;

  NodesTest(@TempDir Path dir) {
    this.dir = dir;
    gateway = GatewayUnderTest.start(dir, "approve-nodes=by-hand");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void a_node_is_approved_drained_revoked_and_removed() throws IOException {
    NodeWelcome welcome = join("http://127.0.0.1:9");
    String function = "/v1/functions/" + deploy().function();
    String node = "Authorization: Bearer " + welcome.nodeToken();
    assertEquals("pending", heard(welcome).header("Limpet-Node-State"));
    assertEquals(NodeState.PENDING, decide("GET /v1/nodes/edge").state());

    NodeInfo approved = decide("POST /v1/nodes/edge/approve");
    assertEquals(NodeState.READY, approved.state());
    assertEquals(Map.of("zone", "eu"), approved.labels());
    assertProblem(409, "resync", heard(welcome));
    assertEquals(200, gateway.get(function, node, CAR).status());
    assertEquals(NodeState.DRAINING, decide("POST /v1/nodes/edge/drain").state());
    assertEquals(NodeState.REVOKED, decide("POST /v1/nodes/edge/revoke").state());
    assertProblem(409, "unknown-session", heard(welcome));
    assertProblem(403, "node-revoked", ask("http://127.0.0.1:9"));

    assertEquals(204, gateway.ask("DELETE /v1/nodes/edge", new byte[0]).status());
    assertProblem(404, "node-not-found", gateway.ask("DELETE /v1/nodes/edge", new byte[0]));
    assertProblem(404, "node-not-found", gateway.ask("POST /v1/nodes/edge/drain", new byte[0]));
    assertProblem(404, "not-found", gateway.ask("POST /v1/nodes/edge/praise", new byte[0]));
    assertEquals(
        List.of(
            "owner function-deploy done",
            "owner node-approve edge done",
            "owner node-drain edge done",
            "owner node-revoke edge done",
            "owner node-rm edge done",
            "owner node-rm edge node-not-found",
            "owner node-drain edge node-not-found"),
        recorded());
  }

  private List<String> recorded() throws IOException {
    return Files.readAllLines(dir.resolve("audit/audit-000001.jsonl")).stream()
        .map(line -> Json.read(AuditEntry.class, line.getBytes(StandardCharsets.UTF_8), 1 << 16))
        .map(
            entry -> {
              boolean deploy = entry.action().equals("function-deploy");
              String object = deploy ? "" : entry.object() + " ";
              return entry.who() + " " + entry.action() + " " + object + entry.outcome();
            })
        .toList();
  }

  @Test
  void no_page_of_another_origin_decides_about_nodes() {
    join("http://127.0.0.1:9");
    assertProblem(
        403,
        "foreign-origin",
        gateway.ask(
            "POST /v1/nodes/edge/approve", new byte[0], "Origin: https://elsewhere.example"));
  }

  @Test
  void a_join_through_a_proxy_on_this_machine_does_not_count_as_local() {
    assertProblem(
        403, "forbidden", ask("http://169.254.169.254:80", "X-Forwarded-For: 203.0.113.7"));
    assertEquals(201, ask("http://127.0.0.1:9").status());
  }

  @Test
  void why_says_that_a_node_lacks_a_label() {
    join("http://127.0.0.1:9");
    decide("POST /v1/nodes/edge/approve");
    Deployed module = deploy();
    String manifest =
        "{\"v\":1,\"module\":\"" + module.module() + "\",\"requires\":{\"gpu\":\"1\"}}";
    assertEquals(201, gateway.json("POST /v1/functions?name=choosy", manifest).status());
    String why = gateway.get("/v1/why?function=choosy").text();
    assertTrue(why.contains("lacks label gpu=1"), why);
    assertProblem(503, "no-node", gateway.get("/fn/choosy"));
  }

  private Deployed deploy() {
    return gateway.deployed(SampleModules.hello(), "?name=hello");
  }

  private NodeInfo decide(String startLine) {
    return GatewayUnderTest.read(NodeInfo.class, gateway.ask(startLine, new byte[0]), 200);
  }

  private NodeWelcome join(String url) {
    return GatewayUnderTest.read(NodeWelcome.class, ask(url), 201);
  }

  private WireAnswer ask(String url, String... lines) {
    return gateway.join(identity, "edge", url, Map.of("zone", "eu"), lines);
  }

  private WireAnswer heard(NodeWelcome welcome) {
    Announcement said =
        new Announcement(
            welcome.session(),
            ++sequence,
            AnnouncementKind.HEARTBEAT,
            true,
            List.of(),
            List.of(),
            Load.IDLE,
            null);
    return gateway.json(
        "POST /v1/nodes/announcements",
        Json.writeString(said),
        "Authorization: Bearer " + welcome.nodeToken());
  }
}
