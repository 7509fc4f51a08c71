package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.NOBODY;
import static dev.limpet.gateway.call.Asking.answerWell;
import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.isInquiry;
import static dev.limpet.gateway.call.Asking.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who of those that went silent is asked for what nobody else can do, and who waits for that. */
@Timeout(60)
class SilentNodesTest {
  private static final String CALL = "/on/%s/-/hello";
  private static final String READ = "/ipfs/%s";
  private static final String HELLO = "/fn/hello";
  private static final String FRESH = "Cache-Control: no-store";

  private final AtomicInteger asked = new AtomicInteger();
  private final Semaphore answers = new Semaphore(0);

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

  /** A node that takes connections and questions, and answers nothing before the test ends. */
  private WireServer deaf() {
    return CallsUnderTest.node(
        exchange -> {
          asked.incrementAndGet();
          answers.acquireUninterruptibly();
        });
  }

  @AfterEach
  void let_all_answer() {
    answers.release(100);
  }

  private static void silence(CallsUnderTest gateway, CallsUnderTest.Member... here) {
    gateway.time.pass(Asking.SILENCE);
    gateway.registry.tick();
    for (CallsUnderTest.Member member : here) {
      member.beats();
    }
  }

  private static String ranAt(CallsUnderTest gateway, String target, String... lines) {
    return get(gateway, target, lines).header("Limpet-Node");
  }

  private static void assertNoNode(CallsUnderTest gateway) {
    assertEquals(ErrorCode.NO_NODE, problem(get(gateway, HELLO)).code());
  }

  @Test
  void a_call_without_data_asks_who_went_silent_before_no_node_can_take_it() throws Exception {
    try (var node = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("node", node).holds();
      gateway.deploy("hello");
      silence(gateway);
      assertEquals("node", ranAt(gateway, HELLO));
      assertEquals("node", ranAt(gateway, HELLO + "?arg=2"));
      assertEquals(1, asked.get());
    }
  }

  @Test
  void nobody_who_went_silent_is_asked_while_a_node_is_here() throws Exception {
    try (var node = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      CallsUnderTest.Member here = gateway.join("here", node).holds();
      gateway.join("silent", node).holds();
      gateway.deploy("hello");
      silence(gateway, here);
      assertEquals("here", ranAt(gateway, HELLO));
      assertEquals(0, asked.get());
    }
  }

  @Test
  void a_call_waits_for_nobody_who_said_goodbye_or_would_not_take_it() throws Exception {
    try (var node = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("went", node).holds().saysGoodbye();
      gateway.join("plain", node).holds();
      gateway.deploy("hello", "\"requires\":{\"gpu\":\"1\"}");
      silence(gateway);
      assertNoNode(gateway);
      assertEquals(0, asked.get());
    }
  }

  @ParameterizedTest
  @CsvSource({"Limpet-Avoid, b", "Limpet-Node, a"})
  void a_node_that_a_caller_picked_is_asked_though_others_are_here(String header, String name)
      throws Exception {
    try (var node = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      CallsUnderTest.Member other = gateway.join("b", node).holds();
      gateway.deploy("hello");
      silence(gateway, other);
      String pick = header + ": " + name;
      assertEquals("a", ranAt(gateway, HELLO, pick, FRESH));
    }
  }

  @Test
  void a_node_that_a_caller_avoids_is_asked_when_no_other_answers() throws Exception {
    try (var node = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("node", node).holds();
      gateway.deploy("hello");
      silence(gateway);
      assertEquals("node", ranAt(gateway, HELLO, "Limpet-Avoid: node", FRESH));
    }
  }

  @Test
  void who_does_not_answer_is_left_alone_for_ever_longer() throws Exception {
    try (var other = node(401, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("node", other).holds();
      gateway.deploy("hello");
      silence(gateway);
      Duration pause = Recalls.FIRST_RECALL_PAUSE;
      for (int times = 1; times < 7; times++) {
        assertNoNode(gateway);
        assertNoNode(gateway);
        assertEquals(times, asked.get(), "not again at once");
        gateway.time.pass(pause.dividedBy(2));
        assertNoNode(gateway);
        assertEquals(times, asked.get(), "not after half of " + pause);
        gateway.time.pass(pause.dividedBy(2));
        Duration next = pause.multipliedBy(2);
        pause = next.compareTo(Recalls.MAX_RECALL_PAUSE) < 0 ? next : Recalls.MAX_RECALL_PAUSE;
      }
      assertEquals(Recalls.MAX_RECALL_PAUSE, pause);
    }
  }

  @Test
  void one_call_asks_no_more_than_some_and_those_first_that_were_heard_of_last() throws Exception {
    try (var other = node(401, "");
        var alive = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      for (int i = 0; i < Recalls.MAX_RECALLED + 3; i++) {
        gateway.join("dead" + i, other).holds();
      }
      gateway.deploy("hello");
      silence(gateway);
      assertNoNode(gateway);
      assertEquals(Recalls.MAX_RECALLED, asked.get());
      gateway.join("lives", alive).holds();
      silence(gateway);
      asked.set(0);
      assertEquals("lives", ranAt(gateway, HELLO));
      assertEquals(Recalls.MAX_RECALLED, asked.get());
    }
  }

  @Test
  void a_node_that_a_caller_picked_is_asked_before_those_that_were_heard_of_later()
      throws Exception {
    try (var other = node(401, "");
        var alive = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("picked", alive).holds();
      gateway.time.pass(Duration.ofSeconds(1));
      for (int i = 0; i < Recalls.MAX_RECALLED; i++) {
        gateway.join("later" + i, other).holds();
      }
      gateway.deploy("hello");
      silence(gateway);
      assertEquals("picked", ranAt(gateway, HELLO, "Limpet-Node: picked", FRESH));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void that_nobody_has_data_is_forgotten_when_a_node_comes_back(boolean byItself) throws Exception {
    AtomicBoolean well = new AtomicBoolean();
    WireServer.Script script =
        exchange -> {
          if (!isInquiry(exchange)) {
            answerWell(exchange);
          } else if (well.get()) {
            exchange.answer(200, exchange.head().method().equals("HEAD") ? "" : "data 1");
          } else {
            exchange.answer(401, "");
          }
        };
    try (var lacks = node(412, "");
        var has = CallsUnderTest.node(script);
        var gateway = CallsUnderTest.open(folder)) {
      String read = READ.formatted(gateway.data());
      CallsUnderTest.Member here = gateway.join("here", lacks).holds();
      CallsUnderTest.Member silent = gateway.join("silent", has).holds();
      gateway.deploy("hello");
      silence(gateway, here);
      assertEquals(404, get(gateway, read).status());
      well.set(true);
      int before = asked.get();
      assertEquals(404, get(gateway, read).status());
      assertEquals(before, asked.get(), "nobody is asked again");
      if (byItself) {
        silent.beats();
      } else {
        gateway.time.pass(Recalls.FIRST_RECALL_PAUSE);
        assertEquals("silent", ranAt(gateway, HELLO, "Limpet-Node: silent", FRESH));
      }
      assertEquals("silent", ranAt(gateway, read));
    }
  }

  @Test
  void that_not_even_who_came_back_has_data_is_remembered() throws Exception {
    try (var lacks = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      String read = READ.formatted(gateway.data());
      gateway.join("silent", lacks).holds();
      silence(gateway);
      assertEquals(404, get(gateway, read).status());
      int before = asked.get();
      assertEquals(404, get(gateway, read).status());
      assertEquals(before, asked.get());
    }
  }

  @Test
  void data_that_nobody_announced_is_asked_for_from_who_went_silent_when_nobody_here_has_it()
      throws Exception {
    try (var lacks = node(412, "");
        var has = node(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      String read = READ.formatted(gateway.data());
      CallsUnderTest.Member here = gateway.join("here", lacks).holds();
      gateway.join("silent", has).holds();
      silence(gateway, here);
      assertEquals("silent", ranAt(gateway, read));
      int before = asked.get();
      assertEquals("silent", ranAt(gateway, read));
      assertEquals(before, asked.get(), "the answer is remembered");
    }
  }

  @Test
  void a_call_on_data_that_nobody_announced_runs_at_who_went_silent_when_nobody_is_here()
      throws Exception {
    try (var has = node(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      String call = CALL.formatted(gateway.data());
      gateway.join("silent", has).holds();
      gateway.deploy("hello");
      silence(gateway);
      assertEquals("silent", ranAt(gateway, call));
      int before = asked.get();
      assertEquals("silent", ranAt(gateway, call));
      assertEquals(before, asked.get(), "the answer is remembered");
    }
  }

  @Test
  void a_node_that_is_here_runs_what_it_can_fetch_from_one_that_went_silent() throws Exception {
    try (var lacks = node(412, "");
        var has = node(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      CallsUnderTest.Member here = gateway.join("here", lacks).holds();
      gateway.join("silent", has).holds();
      gateway.deploy("hello");
      silence(gateway, here);
      assertEquals("here", ranAt(gateway, CALL.formatted(data)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void nobody_who_went_silent_is_asked_for_data_that_a_node_has_that_is_here(String path)
      throws Exception {
    try (var has = node(200, "data 1");
        var deaf = deaf();
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      CallsUnderTest.Member here = gateway.join("here", has).holds();
      gateway.join("silent", deaf).holds();
      gateway.deploy("hello");
      silence(gateway, here);
      asked.set(0);
      assertEquals("here", ranAt(gateway, path.formatted(data)));
      assertEquals(2, asked.get(), "whether it has it, and for a block");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CALL, READ})
  void data_is_nowhere_when_who_went_silent_cannot_be_reached(String path) throws Exception {
    try (var lacks = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      CallsUnderTest.Member here = gateway.join("here", lacks).holds();
      gateway.join("silent", NOBODY).holds();
      gateway.deploy("hello");
      silence(gateway, here);
      Problem problem = problem(get(gateway, path.formatted(gateway.data())));
      assertEquals(ErrorCode.DATA_NOT_FOUND, problem.code());
    }
  }

  @Test
  void who_did_not_answer_one_call_is_not_waited_for_by_another() throws Exception {
    try (var deaf = deaf();
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("silent", deaf).holds();
      silence(gateway);
      gateway.deploy("hello");
      assertNoNode(gateway);
      String data = CALL.formatted(gateway.data());
      assertEquals(ErrorCode.DATA_NOT_FOUND, problem(get(gateway, data)).code());
      assertEquals(1, asked.get());
    }
  }

  @Test
  void a_refusal_does_not_wait_until_a_connection_is_given_up() throws Exception {
    try (var mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var gateway = new CallsUnderTest(folder, Setup.OPEN.connecting(Duration.ofSeconds(30)))) {
      gateway.join("silent", URI.create("https://127.0.0.1:" + mute.getLocalPort())).holds();
      silence(gateway);
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, HELLO, "Limpet-Timeout: 6s");
      assertEquals(ErrorCode.NO_NODE, problem(answer).code());
    }
  }

  @Test
  void the_public_makes_nobody_ask_for_data_that_nobody_announced() throws Exception {
    try (var has = node(200, "data 1");
        var gateway = new CallsUnderTest(folder, Setup.OPEN.withPublic())) {
      gateway.join("silent", has).holds();
      gateway.deploy("hello");
      silence(gateway);
      assertEquals(404, get(gateway, READ.formatted(gateway.data())).status());
      assertEquals(0, asked.get());
    }
  }
}
