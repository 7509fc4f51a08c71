package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.Ticket;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
  private static final String MANAGE = "the-management-token";
  private static final String CALLS = "the-token-for-calls";
  private static final String OWNER = "Authorization: Bearer " + MANAGE;
  private static final String CALLER = "Authorization: Bearer " + CALLS;

  @TempDir Path dir = Path.of("");

  private String token = "";
  private String calls = "";

  @BeforeEach
  void secrets() throws IOException {
    token = "token-file=" + secret("manage", MANAGE);
    calls = "calls-token-file=" + secret("calls", CALLS);
  }

  private Path secret(String name, String text) throws IOException {
    Path file = dir.resolve(name);
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void each_token_opens_what_it_is_for() {
    SampleDag dag = SampleDag.file(1, 100);
    String data = "GET /ipfs/" + dag.root();
    try (NodeUnderTest node = NodeUnderTest.start(dir, token, calls)) {
      assertEquals(401, node.add(dag.car()).status());
      assertEquals(403, node.add(dag.car(), CALLER).status());
      assertEquals(201, node.add(dag.car(), OWNER).status());
      assertEquals(401, node.ask(data).status());
      assertEquals(401, node.ask(data, "Authorization: Bearer wrong").status());
      assertEquals(200, node.ask(data, CALLER).status());
      assertEquals(200, node.ask(data, OWNER).status());
      assertEquals(401, node.ask("GET /v1/node").status());
      assertEquals("Bearer", node.ask("GET /metrics").header("WWW-Authenticate"));
      assertEquals(401, node.ask("POST /v1/invocations", "Authorization: Bearer wrong").status());
      assertEquals(403, node.ask("POST /v1/invocations", OWNER).status());
      assertEquals(200, node.ask("GET /metrics", OWNER).status());
      assertEquals(200, node.ask("GET /health/live").status());
    }
  }

  @Test
  void public_data_is_for_everybody_and_the_rest_is_not() {
    SampleDag dag = SampleDag.file(2, 100);
    try (NodeUnderTest node = NodeUnderTest.start(dir, token, "public-data=true")) {
      assertEquals(201, node.add(dag.car(), OWNER).status());
      var answer = node.ask("GET /ipfs/" + dag.root());
      assertEquals(200, answer.status());
      assertTrue(answer.header("Cache-Control").startsWith("public"));
      assertEquals(401, node.ask("GET /v1/pins").status());
    }
  }

  @Test
  void a_ticket_reads_the_dag_of_its_root_and_no_other() {
    SampleDag dag = SampleDag.directory(dir, Map.of("a.txt", "one"));
    SampleDag other = SampleDag.file(3, 100);
    try (FakeGateway gateway = FakeGateway.start();
        NodeUnderTest node =
            NodeUnderTest.start(dir.resolve("node"), token, "gateway=" + gateway.url())) {
      assertEquals(201, node.add(dag.car(), OWNER).status());
      assertEquals(201, node.add(other.car(), OWNER).status());
      await().until(() -> !gateway.joins.isEmpty());
      String link = gateway.joins.getFirst().linkToken();
      String ticket = "Limpet-Ticket: " + Ticket.issue(link, dag.root());
      assertEquals(200, node.ask("GET /ipfs/" + dag.root() + "?format=car", ticket).status());
      assertEquals(200, node.ask("GET /ipfs/" + dag.root() + "/a.txt", ticket).status());
      assertEquals(401, node.ask("GET /ipfs/" + other.root() + "?format=car", ticket).status());
      assertEquals(401, node.ask("GET /v1/node", ticket).status());
      String gatewayItself = "Authorization: Bearer " + link;
      assertEquals(200, node.ask("GET /ipfs/" + other.root(), gatewayItself).status());
      assertEquals(401, node.ask("GET /v1/pins", gatewayItself).status());
    }
  }

  @Test
  void the_gateway_is_not_told_what_it_says_itself() {
    SampleFunction hello = SampleFunction.example("hello");
    try (FakeGateway gateway = FakeGateway.start();
        NodeUnderTest node =
            NodeUnderTest.start(dir.resolve("node"), token, "gateway=" + gateway.url())) {
      await().until(() -> !gateway.joins.isEmpty());
      String gatewayItself = "Authorization: Bearer " + gateway.joins.getFirst().linkToken();
      push(node, hello, gatewayItself);
      String invocation = "Limpet-Invocation: " + TestCall.of(hello).header();
      WireAnswer answer = node.ask("POST /v1/invocations", gatewayItself, invocation);
      assertEquals(200, answer.status(), answer::text);
      assertTrue(answer.header("Limpet-Execution").startsWith("x-"));
      assertTrue(answer.headerOrTrailer("Limpet-Task").startsWith("bafy"));
      for (String own :
          List.of(
              "X-Content-Type-Options",
              "Content-Security-Policy",
              "Cache-Control",
              "Limpet-Function")) {
        assertEquals("", answer.header(own), own);
      }
      assertEquals("miss", answer.header("Limpet-Memo"));
    }
  }

  private static void push(NodeUnderTest node, SampleFunction function, String who) {
    byte[] car = function.car();
    String head =
        WireClient.request(
            "PUT /v1/functions/" + function.cid(),
            null,
            who,
            "Content-Type: application/vnd.ipld.car",
            "Content-Length: " + car.length);
    try (WireClient client = WireClient.connect(node.url())) {
      assertEquals(204, client.send(head).send(car).answer().status());
    }
  }

  private static String refused(String... settings) {
    LimpetException e =
        assertThrows(
            LimpetException.class, () -> NodeConfig.load(null, Map.of(), List.of(settings)));
    assertEquals(ErrorCode.BAD_CONFIG, e.code());
    return e.problem().detail();
  }

  @Test
  void a_node_does_not_listen_beyond_this_machine_without_a_token() {
    assertTrue(refused("listen=0.0.0.0:0").contains("token-file = PATH"));
    NodeConfig guarded = NodeConfig.load(null, Map.of(), List.of("listen=0.0.0.0:0", token));
    assertEquals("http://127.0.0.1:7", guarded.listen().at().url("http", 7).toString());
  }

  @Test
  void a_gateway_must_be_able_to_reach_the_node() {
    assertTrue(
        refused("listen=0.0.0.0:0", token, "gateway=https://gateway.example")
            .contains("url = http://ADDRESS:PORT"));
  }

  @Test
  void tokens_do_not_travel_in_clear_beyond_this_machine_unless_it_is_said_so() {
    assertTrue(refused("gateway=http://gateway.example:8640").contains("plain-gateway = true"));
    NodeConfig said =
        NodeConfig.load(
            null, Map.of(), List.of("gateway=http://gateway.example:8640", "plain-gateway=true"));
    assertTrue(said.gateway().isPresent());
  }

  @Test
  void a_misspelt_key_stops_the_start_and_the_right_one_is_named() {
    assertTrue(refused("quotta=1GiB").contains("quota"));
    assertTrue(refused("hosts=not a host").contains("hosts"));
  }

  @Test
  void a_second_process_does_not_get_the_folder() {
    try (NodeUnderTest first = NodeUnderTest.start(dir)) {
      LimpetException e =
          assertThrows(LimpetException.class, () -> NodeUnderTest.start(dir).close());
      assertEquals(ErrorCode.BAD_CONFIG, e.code());
      assertTrue(e.problem().detail().contains("is in use by"));
      assertEquals(200, first.ask("GET /health/ready").status());
    }
  }

  @Test
  void a_port_that_is_taken_is_said_in_a_sentence() {
    try (NodeUnderTest first = NodeUnderTest.start(dir.resolve("one"))) {
      LimpetException e =
          assertThrows(
              LimpetException.class,
              () ->
                  NodeUnderTest.start(
                          dir.resolve("two"), "listen=127.0.0.1:" + first.url().getPort())
                      .close());
      assertEquals(ErrorCode.BAD_CONFIG, e.code());
      assertTrue(e.problem().detail().contains("listen"));
    }
  }
}
