package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.HostileGuest;
import dev.limpet.wasmgate.HostileGuests;
import dev.limpet.wasmgate.HostileModules;
import dev.limpet.wasmgate.NamedModule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each hostile module in a real node, over HTTP: it gets the answer that it deserves, and its
 * neighbours are as quick after it as before. A second node in a process of its own, which never
 * meets any of them, answers in alternation, before and after: what else the machine does slows
 * both, so that their ratio stays.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(1) // it is long: others run beside it
final class HostileGuestsTest {

  private static final String LIMITS =
      ",\"limits\":{\"fuel\":20000000,\"memory\":\"64MiB\",\"output\":\"1MiB\",\"wall\":\"60s\"}";
  private static final int WARM_UP = 200;
  private static final int CALLS = 200;

  /** After each guest, so that some sixty of them take no minute. */
  private static final int CALLS_IN_EACH_BUILD = 40;

  private static final Duration SETTLED = Duration.ofSeconds(30);

  /** Of the median of calls after a guest and before all of them. */
  private static final double SLOWER = 1.5;

  private ChildNode node;
  private ChildNode quiet;
  private double before;
  private final SampleFunction hello = SampleFunction.example("hello");

  @BeforeAll
  void start(@TempDir Path dir) throws IOException {
    node = ChildNode.start(dir.resolve("node"));
    quiet = ChildNode.start(dir.resolve("quiet"));
    assertEquals(204, node.push(hello).status());
    assertEquals(204, quiet.push(hello).status());
    double _ = besideQuiet(WARM_UP);
    before = besideQuiet(CALLS);
  }

  @AfterAll
  void stop() {
    node.close();
    quiet.close();
  }

  static Stream<HostileGuest> guests() {
    return HostileGuests.all();
  }

  static Stream<NamedModule> modules() {
    return HostileModules.all();
  }

  /** One look at the neighbours for all of them, and without those that cost the compiler most. */
  @Test
  void hostile_guests_harm_themselves_alone() {
    HostileGuests.quick().forEach(this::assertAnswered);
    assertNeighboursAreWell(CALLS);
  }

  @ParameterizedTest
  @MethodSource("guests")
  @Tag("long")
  void a_hostile_guest_harms_itself_alone(HostileGuest guest) {
    assertAnswered(guest);
    assertNeighboursAreWell(CALLS_IN_EACH_BUILD);
  }

  @ParameterizedTest
  @MethodSource("guests")
  @Tag("nightly")
  void after_a_hostile_guest_two_hundred_calls_are_as_quick_as_before(HostileGuest guest) {
    assertAnswered(guest);
    assertNeighboursAreWell(CALLS);
  }

  private void assertAnswered(HostileGuest guest) {
    SampleFunction function = SampleFunction.of(guest.module().bytes(), LIMITS);
    WireAnswer answer = answer(function);
    if (!toldInTime(guest, answer)) {
      assertEquals(guest.expected(), code(answer), () -> start(answer.text()));
    }
    assertTrue(node.isAlive());
  }

  /** What reaches its limit before its first bytes are sent is told so, and its answer not cut. */
  private static boolean toldInTime(HostileGuest guest, WireAnswer answer) {
    return guest.expected().equals("answer-cut") && code(answer).equals("out-of-output");
  }

  /** One look at the neighbours for all of them in each build, and one for each in the night. */
  @Test
  void modules_that_the_gate_refuses_get_no_further() {
    HostileModules.all().forEach(this::assertRefused);
    assertNeighboursAreWell(CALLS);
  }

  @ParameterizedTest
  @MethodSource("modules")
  @Tag("nightly")
  void a_module_that_the_gate_refuses_harms_nobody(NamedModule module) {
    assertRefused(module);
    assertNeighboursAreWell(CALLS);
  }

  private void assertRefused(NamedModule module) {
    WireAnswer answer = answer(SampleFunction.of(module.bytes(), LIMITS));
    String expected =
        switch (module.expectedRule()) {
          case "module-too-large" -> "is not a file of at most"; // the gate need not see it
          case "memory-over-profile" -> "out-of-memory"; // a node may allow more, a manifest less
          default -> "\"" + module.expectedRule() + "\"";
        };
    assertTrue(answer.text().contains(expected), () -> start(answer.text()));
    assertTrue(node.isAlive());
  }

  /** That of a call, or of giving the function to the node when it does not take it. */
  private WireAnswer answer(SampleFunction function) {
    WireAnswer pushed = node.push(function);
    return pushed.status() == 204 ? node.call(function) : pushed;
  }

  /** The error code; empty when there is none. */
  private static String code(WireAnswer answer) {
    return answer.cut() ? "answer-cut" : answer.header("Limpet-Error");
  }

  private static String start(String text) {
    return text.substring(0, Math.min(text.length(), 500));
  }

  /**
   * At once on a machine that does little else. Where it does, what a guest leaves to the compilers
   * of its JVM takes a while; a harm done stays.
   */
  private void assertNeighboursAreWell(int calls) {
    await()
        .atMost(SETTLED)
        .pollDelay(Duration.ZERO)
        .untilAsserted(
            () -> {
              double slower = besideQuiet(calls) / before;
              String told = "hello takes " + slower + " times as long as before";
              assertTrue(slower <= SLOWER, told);
            });
  }

  /** The median time of {@code hello} here, divided by that of the node that nobody attacks. */
  private double besideQuiet(int calls) {
    long[] here = new long[calls];
    long[] there = new long[calls];
    try (WireClient toNode = node.connect();
        WireClient toQuiet = quiet.connect()) {
      for (int i = 0; i < calls; i++) {
        here[i] = ChildNode.nanosOfCall(toNode, hello);
        there[i] = ChildNode.nanosOfCall(toQuiet, hello);
      }
    }
    return (double) median(here) / median(there);
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
