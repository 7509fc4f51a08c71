package dev.limpet.gateway;

import static dev.limpet.gateway.DeployTest.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.HolderInfo;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeInfo;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.Why;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three tokens, and a node that joins with the one for joining. */
class AccessTest {
  private static final String MANAGE = "Authorization: Bearer manage-0123456789abcdef";
  private static final String CALL = "Authorization: Bearer calls-0123456789abcdef";
  private static final String JOIN = "Authorization: Bearer joins-0123456789abcdef";
  private static final Cid DATA = Cid.of(Multicodec.RAW, "data".getBytes(StandardCharsets.UTF_8));

  private final GatewayUnderTest gateway;

  /** A node that gives its data, and takes functions. */
  private final WireServer edge =
      WireServer.start(
          exchange -> {
            exchange.body().readAllBytes();
            exchange.answer(200, "data");
          });

  AccessTest(@TempDir Path dir) {
    gateway =
        GatewayUnderTest.start(
            dir,
            Map.of(
                "LIMPET_GATEWAY_TOKEN", "manage-0123456789abcdef",
                "LIMPET_GATEWAY_CALLS_TOKEN", "calls-0123456789abcdef",
                "LIMPET_GATEWAY_JOIN_TOKEN", "joins-0123456789abcdef"));
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    edge.close();
  }

  @Test
  void without_a_token_or_with_a_wrong_one_nothing_opens() {
    for (String line :
        List.of("X: y", "Authorization: Bearer wrong", "Authorization: Basic eDp5")) {
      for (String target :
          List.of(
              "/v1/functions",
              "/v1/names",
              "/v1/names/a",
              "/v1/nodes",
              "/v1/holders/" + DATA,
              "/v1/why?function=a",
              "/v1/jobs",
              "/v1/receipts",
              "/v1/executions",
              "/v1/disagreements",
              "/v1/disagreements/log-1/known.note",
              "/metrics",
              "/v1/functions/" + DATA)) {
        WireAnswer answer = gateway.get(target, line);
        assertProblem(401, "unauthorized", answer);
        assertEquals("Bearer", answer.header("WWW-Authenticate"));
      }
      assertProblem(401, "unauthorized", gateway.deploy(SampleModules.hello(), "?name=a", line));
      assertProblem(401, "unauthorized", gateway.json("POST /v1/nodes/challenges", "{}", line));
      assertProblem(401, "unauthorized", gateway.json("POST /v1/nodes", "{}", line));
    }
    assertEquals(200, gateway.get("/health/live").status());
    assertEquals(200, gateway.get("/health/ready").status());
  }

  @Test
  void the_token_for_calls_manages_nothing_and_the_one_for_joining_only_joins() {
    for (String line : List.of(CALL, JOIN)) {
      assertProblem(403, "forbidden", gateway.deploy(SampleModules.hello(), "?name=a", line));
      assertProblem(403, "forbidden", gateway.get("/v1/names", line));
      assertProblem(403, "forbidden", gateway.get("/metrics", line));
      assertProblem(403, "forbidden", gateway.get("/v1/receipts", line));
      assertProblem(403, "forbidden", gateway.get("/v1/executions", line));
      assertProblem(403, "forbidden", gateway.get("/v1/disagreements", line));
    }
    assertEquals(200, gateway.get("/v1/receipts", MANAGE).status());
    assertEquals(200, gateway.get("/v1/executions", MANAGE).status());
    assertEquals(200, gateway.get("/v1/disagreements", MANAGE).status());
    assertProblem(403, "forbidden", gateway.json("POST /v1/nodes/challenges", "{}", CALL));
    assertProblem(403, "forbidden", gateway.get("/v1/jobs", JOIN));
    assertProblem(501, "not-supported", gateway.get("/v1/jobs", CALL));
    assertEquals(200, gateway.json("POST /v1/nodes/challenges", "{}", JOIN).status());
    assertEquals(201, gateway.deploy(SampleModules.hello(), "?name=a", MANAGE).status());
    assertEquals(200, gateway.get("/v1/names/a", MANAGE).status());
  }

  @Test
  void a_node_joins_announces_and_fetches_functions_with_its_own_token() {
    NodeWelcome welcome = join();
    String node = "Authorization: Bearer " + welcome.nodeToken();
    Holding holding = new Holding(DATA, 4, 4, true, HoldingKind.ROOT);
    assertEquals(204, announce(welcome, node, 1, List.of(holding)).status());
    assertProblem(409, "resync", announce(welcome, node, 7, List.of()));
    assertProblem(409, "unknown-session", announce(welcome, MANAGE, 2, List.of()));

    NodeInfo info =
        Json.readPage(NodeInfo.class, gateway.get("/v1/nodes", MANAGE).bytes(), 1 << 16)
            .items()
            .getFirst();
    assertEquals("edge", info.name());
    assertEquals(1, info.roots());
    HolderInfo holder =
        Json.readPage(HolderInfo.class, gateway.get("/v1/holders/" + DATA, MANAGE).bytes(), 1 << 16)
            .items()
            .getFirst();
    assertEquals("edge", holder.node());
    assertTrue(holder.complete());
    assertTrue(holder.shown());

    Deployed deployed =
        GatewayUnderTest.read(
            Deployed.class, gateway.deploy(SampleModules.hello(), "?name=a", MANAGE), 201);
    String function = "/v1/functions/" + deployed.function();
    assertEquals(200, gateway.get(function, node, "Accept: application/vnd.ipld.car").status());
    assertProblem(401, "unauthorized", gateway.get("/v1/names", node));
    assertProblem(403, "forbidden", gateway.get(function, JOIN));
    why(deployed);
  }

  private void why(Deployed deployed) {
    Why why =
        GatewayUnderTest.read(
            Why.class, gateway.get("/v1/why?function=a&data=" + DATA + "/x", MANAGE), 200);
    assertEquals(deployed.function(), why.function());
    assertEquals("edge", why.chosen());
    Candidate first = why.candidates().getFirst();
    assertFalse(first.reason().isEmpty());
    assertNotNull(first.cost());
    assertEquals(0, first.cost().queueMs());
    assertNull(why.refused());
    String nobodyHas = "/v1/why?function=a&data=" + deployed.function();
    Why refused = GatewayUnderTest.read(Why.class, gateway.get(nobodyHas, MANAGE), 200);
    assertNull(refused.chosen());
    assertEquals("data-not-found", refused.refused());
    assertProblem(404, "name-not-found", gateway.get("/v1/why?function=b", MANAGE));
    assertProblem(400, "bad-query", gateway.get("/v1/why", MANAGE));
    assertProblem(404, "data-not-found", gateway.get("/v1/holders/" + deployed.function(), MANAGE));
  }

  private NodeWelcome join() {
    return GatewayUnderTest.read(
        NodeWelcome.class,
        gateway.join(NodeIdentity.generate(), "edge", edge.url().toString(), Map.of(), JOIN),
        201);
  }

  private WireAnswer announce(
      NodeWelcome welcome, String token, long sequence, List<Holding> added) {
    AnnouncementKind kind = sequence == 1 ? AnnouncementKind.SNAPSHOT : AnnouncementKind.HEARTBEAT;
    Announcement said =
        new Announcement(
            welcome.session(), sequence, kind, true, added, List.of(), Load.IDLE, null);
    return gateway.json("POST /v1/nodes/announcements", Json.writeString(said), token);
  }
}
