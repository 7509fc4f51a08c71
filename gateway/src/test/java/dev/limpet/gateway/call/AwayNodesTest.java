package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.NOBODY;
import static dev.limpet.gateway.call.Asking.answerWell;
import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.isInquiry;
import static dev.limpet.gateway.call.Asking.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers hear while nodes are silent, gone, expected, or on their way out. */
@Timeout(60)
class AwayNodesTest {
  private static final String CALL = "/on/%s/-/hello";
  private static final String READ = "/ipfs/%s";

  private final AtomicInteger asked = new AtomicInteger();

  @TempDir private Path folder;

  /** A node that answers a question for data with this status, and calls well. */
  private WireServer node(int status, String block) {
    return CallsUnderTest.node(
        exchange -> {
          if (isInquiry(exchange)) {
            asked.incrementAndGet();
            exchange.answer(status, exchange.head().method().equals("HEAD") ? "" : block);
          } else {
            answerWell(exchange);
          }
        });
  }

  private static Cid block(int number) {
    return Cid.of(Multicodec.RAW, new byte[] {(byte) number});
  }

  private static void pass(CallsUnderTest gateway, Duration time) {
    gateway.time.pass(time);
    gateway.registry.tick();
  }

  private static void assertOffline(WireAnswer answer, String... holders) {
    assertEquals(503, answer.status());
    Problem problem = problem(answer);
    assertEquals(ErrorCode.HOLDERS_OFFLINE, problem.code());
    assertTrue(problem.retryAfterSeconds().orElseThrow() > 0);
    assertEquals(
        List.of(holders),
        problem.context().holders().stream().map(Problem.AwayHolder::node).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void a_node_that_went_silent_and_answers_is_asked(String path) throws Exception {
    try (var node = node(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("node", node).holds(data);
      gateway.deploy("hello");
      for (int i = 0; i < 2; i++) {
        pass(gateway, Asking.SILENCE);
        assertEquals("node", get(gateway, path.formatted(data)).header("Limpet-Node"));
        assertEquals("node", get(gateway, path.formatted(data)).header("Limpet-Node"));
      }
      assertEquals(2, asked.get(), "once each time");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void who_does_not_know_the_token_of_a_silent_node_is_not_taken_for_it(String path)
      throws Exception {
    try (var other = node(401, "");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("node", other).holds(data);
      gateway.deploy("hello");
      pass(gateway, Asking.SILENCE);
      assertOffline(get(gateway, path.formatted(data)), "node");
      assertOffline(get(gateway, path.formatted(data)), "node");
      assertEquals(1, asked.get(), "not again at once");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void a_node_that_said_goodbye_is_not_asked(String path) throws Exception {
    try (var node = node(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("node", node).holds(data).saysGoodbye();
      gateway.deploy("hello");
      assertOffline(get(gateway, path.formatted(data)), "node");
      assertEquals(0, asked.get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void that_nobody_had_it_is_forgotten_when_a_node_comes(String path) throws Exception {
    try (var lacks = node(412, "");
        var has = node(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("lacks", lacks).holds();
      gateway.deploy("hello");
      assertEquals(404, get(gateway, path.formatted(data)).status());
      gateway.join("has", has).holds();
      assertEquals("has", get(gateway, path.formatted(data)).header("Limpet-Node"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void data_is_not_nowhere_when_a_node_did_not_say_whether_it_has_it(String path) throws Exception {
    try (var lacks = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("lacks", lacks).holds();
      gateway.join("silent", NOBODY).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, path.formatted(data));
      assertOffline(answer, "silent");
      assertTrue(problem(answer).detail().contains("did not answer"), problem(answer).detail());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void a_node_that_says_that_it_is_here_and_cannot_be_reached_for_long_counts_no_more(String path)
      throws Exception {
    try (var node = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("here", node).holds();
      CallsUnderTest.Member mute = gateway.join("mute", NOBODY).holds();
      gateway.deploy("hello");
      assertOffline(get(gateway, path.formatted(block(1))), "mute");
      pass(gateway, ExpectedNodes.MAX_EXPECTED_TIME);
      WireAnswer answer = get(gateway, path.formatted(block(2)));
      assertEquals(404, answer.status());
      assertTrue(problem(answer).detail().contains("mute"), problem(answer).detail());

      mute.again(node.url()).holds();
      assertEquals(404, get(gateway, path.formatted(block(3))).status());
      mute.again(NOBODY).holds();
      assertOffline(get(gateway, path.formatted(block(4))), "mute");
    }
  }

  @Test
  void a_node_that_takes_connections_and_answers_none_of_its_questions_counts() throws Exception {
    try (var here = node(412, "");
        var busy = CallsUnderTest.node(exchange -> exchange.raw("nonsense\r\n\r\n"));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("here", here).holds();
      gateway.join("busy", busy).holds();
      assertOffline(get(gateway, READ.formatted(block(1))), "busy");
      pass(gateway, ExpectedNodes.MAX_EXPECTED_TIME);
      assertOffline(get(gateway, READ.formatted(block(2))), "busy");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void data_is_nowhere_only_when_nodes_that_have_just_gone_had_time_to_come_back(String path)
      throws Exception {
    try (var lacks = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      CallsUnderTest.Member stays = gateway.join("lacks", lacks).holds();
      gateway.join("goes", NOBODY).holds().saysGoodbye();
      gateway.deploy("hello");
      assertOffline(get(gateway, path.formatted(data)), "goes");
      pass(gateway, ExpectedNodes.MAX_EXPECTED_TIME);
      stays.beats();
      assertEquals(404, get(gateway, path.formatted(data)).status());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void a_gateway_that_began_just_now_does_not_say_that_data_is_nowhere_before_its_nodes_came(
      String path) throws Exception {
    try (var has = node(200, "data 1")) {
      try (var before = CallsUnderTest.open(folder)) {
        before.time.pass(Duration.ofHours(-1));
        before.join("has", has).holds();
        before.deploy("hello");
      }
      try (var gateway = CallsUnderTest.open(folder)) {
        Cid data = gateway.data();
        gateway.deploy("hello");
        assertOffline(get(gateway, path.formatted(data)), "has");
        pass(gateway, ExpectedNodes.MAX_EXPECTED_TIME);
        assertEquals(404, get(gateway, path.formatted(data)).status());
      }
    }
  }

  @Test
  void the_public_hears_no_names_of_nodes_that_are_expected() throws Exception {
    try (var gateway = new CallsUnderTest(folder, Setup.OPEN.withPublic())) {
      gateway.join("goes", NOBODY).holds().saysGoodbye();
      WireAnswer answer = get(gateway, READ.formatted(gateway.data()));
      assertOffline(answer);
      assertFalse(answer.text().contains("goes"), answer.text());
    }
  }

  @Test
  void the_data_of_a_node_that_drains_can_be_read() throws Exception {
    try (var node = node(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("node", node).holds(data);
      KnownNode _ = gateway.registry.drain("node");
      assertEquals("node", get(gateway, READ.formatted(data)).header("Limpet-Node"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void of_two_holders_the_one_that_missed_a_heartbeat_is_read_from_last(String heard)
      throws Exception {
    try (var a = node(200, "");
        var b = node(200, "");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      CallsUnderTest.Member first = gateway.join("a", a).holds(data);
      CallsUnderTest.Member second = gateway.join("b", b).holds(data);
      pass(gateway, Asking.SILENCE.dividedBy(2));
      (heard.equals("a") ? first : second).beats();
      assertEquals(heard, get(gateway, READ.formatted(data)).header("Limpet-Node"));
    }
  }
}
