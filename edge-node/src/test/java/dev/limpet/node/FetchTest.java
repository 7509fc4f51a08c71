package dev.limpet.node;

import static dev.limpet.node.CallAnswers.failed;
import static dev.limpet.node.CallAnswers.fetched;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.access.Ticket;
import dev.limpet.testkit.relay.Relay;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call on a node that does not hold the data, and peers that do, or say so. */
class FetchTest {
  private static final String TICKET = "no-ticket-is-needed-here";
  private static final SampleFunction COPY = SampleFunction.of(SampleModules.copiesFile("."));

  @TempDir Path dir = Path.of("");

  private NodeUnderTest holder;
  private NodeUnderTest node;

  @BeforeEach
  void start() {
    holder = NodeUnderTest.start(dir.resolve("holder"));
    node = NodeUnderTest.start(dir.resolve("node"));
    assertEquals(201, node.add(COPY.car()).status()); // a module that is also data
  }

  @AfterEach
  void stop() {
    node.close();
    holder.close();
  }

  private SampleDag held(int size) {
    SampleDag data = SampleDag.file(size, size);
    assertEquals(201, holder.add(data.car()).status());
    return data;
  }

  private SampleFunction known(byte[] wasm) {
    SampleFunction function = SampleFunction.of(wasm);
    assertEquals(201, node.add(function.car()).status());
    return function;
  }

  @Test
  void bytes_fetched_are_the_bytes_of_bodies_that_a_relay_counts_and_come_once() {
    SampleDag data = held(3_000_000);
    try (Relay relay = Relay.to(holder.url())) {
      TestCall call = TestCall.of(COPY).on(data.root()).from(relay.url(), TICKET);
      WireAnswer first = call.ask(node);
      assertEquals(200, first.status(), first::text);
      assertArrayEquals(SampleDag.bytes(3_000_000, 3_000_000), first.bytes());
      assertEquals(Long.toString(relay.bodyBytesToClient()), fetched(first));
      assertTrue(relay.bodyBytesToClient() > 3_000_000);
      long before = relay.bytesToClient();
      assertEquals("0", fetched(call.ask(node)));
      assertEquals(before, relay.bytesToClient());
    }
    assertEquals(200, node.ask("GET /ipfs/" + data.root()).status());
  }

  @Test
  void only_what_lies_below_the_path_travels() {
    SampleDag data =
        SampleDag.directory(dir, Map.of("a/one.csv", "1".repeat(500_000), "b/two.csv", "2,2\n"));
    assertEquals(201, holder.add(data.car()).status());
    WireAnswer answer =
        TestCall.of(COPY).on(data.root(), "b", "two.csv").from(holder.url(), TICKET).ask(node);
    assertEquals("2,2\n", answer.text());
    assertTrue(Long.parseLong(fetched(answer)) < 1000, fetched(answer));
    failed(
        TestCall.of(COPY).on(data.root(), "c").from(holder.url(), TICKET).ask(node),
        404,
        "data-not-found");
  }

  @Test
  void of_two_inputs_only_the_one_that_is_missing_travels_and_each_has_its_mount() {
    SampleDag far = held(200_000);
    SampleDag near = SampleDag.file(9, 1000);
    assertEquals(201, node.add(near.car()).status());
    for (int input = 0; input < 2; input++) {
      SampleFunction copy = known(SampleModules.copiesInput(input));
      WireAnswer answer =
          TestCall.of(copy).on(near.root()).on(far.root()).from(holder.url(), TICKET).ask(node);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(
          input == 0 ? SampleDag.bytes(9, 1000) : SampleDag.bytes(200_000, 200_000),
          answer.bytes());
      assertEquals("201000", answer.header("Limpet-Data-Bytes"));
      long travelled = Long.parseLong(fetched(answer));
      assertTrue(input == 0 ? travelled > 200_000 && travelled < 201_000 : travelled == 0);
    }
    WireAnswer swapped =
        TestCall.of(known(SampleModules.copiesInput(1))).on(far.root()).on(near.root()).ask(node);
    assertArrayEquals(SampleDag.bytes(9, 1000), swapped.bytes());
    String environment =
        TestCall.of(known(SampleModules.printsEnvironment()))
            .on(near.root())
            .on(far.root())
            .ask(node)
            .text();
    assertTrue(environment.contains("LIMPET_DATA=" + near.root()), environment);
    assertTrue(environment.contains("LIMPET_DATA1=" + far.root()), environment);
  }

  @Test
  void the_amount_that_may_travel_is_for_all_inputs_together() {
    SampleDag one = held(100_000);
    SampleDag two = held(100_001);
    TestCall call =
        TestCall.of(COPY)
            .on(one.root())
            .from(holder.url(), TICKET)
            .on(two.root())
            .from(holder.url(), TICKET);
    failed(call.maxFetch(150_000).ask(node), 409, "would-move");
    assertEquals(200, call.maxFetch(250_000).ask(node).status());
  }

  @Test
  void a_peer_is_told_the_trace_of_the_call_that_it_is_asked_for() {
    SampleDag data = SampleDag.file(77, 1000);
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    List<String> told = new CopyOnWriteArrayList<>();
    try (WireServer peer =
        WireServer.start(
            exchange -> {
              told.add(exchange.head().header("traceparent").orElse("none"));
              told.add(exchange.head().header("tracestate").orElse("none"));
              exchange.answer(404, "");
            })) {
      TestCall call = TestCall.of(COPY).on(data.root()).from(peer.url(), TICKET);
      assertTrue(call.ask(node).status() >= 400);
      assertTrue(call.traced(trace, "v=1").ask(node).status() >= 400);
    }
    assertEquals(List.of("none", "none", trace, "v=1"), told);
  }

  @Test
  void wrong_bytes_are_noticed_and_the_next_source_is_asked() {
    SampleDag data = held(300_000);
    try (Relay liar = Relay.to(holder.url())) {
      liar.corrupt(200_000);
      TestCall alone = TestCall.of(COPY).on(data.root()).from(liar.url(), TICKET);
      failed(alone.ask(node), 502, "hash-mismatch");
      WireAnswer answer =
          TestCall.of(COPY)
              .on(data.root())
              .from(liar.url(), TICKET)
              .from(holder.url(), TICKET)
              .ask(node);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(300_000, 300_000), answer.bytes());
      assertTrue(Long.parseLong(fetched(answer)) > 300_000);
    }
  }

  @Test
  @Tag("long")
  void a_source_that_breaks_off_before_a_block_came_is_passed_over() {
    SampleDag data = held(2_500_000);
    try (Relay broken = Relay.to(holder.url())) {
      broken.cutAfter(700_000);
      TestCall alone = TestCall.of(COPY).on(data.root()).from(broken.url(), TICKET);
      failed(alone.ask(node), 503, "data-unavailable");
      WireAnswer answer =
          TestCall.of(COPY)
              .on(data.root())
              .from(broken.url(), TICKET)
              .from(holder.url(), TICKET)
              .ask(node);
      assertEquals(200, answer.status(), answer::text);
    }
  }

  @Test
  void a_transfer_that_breaks_off_goes_on_where_it_was() {
    SampleDag data = held(5_500_000);
    List<String> asked = new CopyOnWriteArrayList<>();
    try (WireServer breaking =
        WireServer.start(
            exchange -> {
              asked.add(exchange.head().target());
              byte[] car = holder.ask("GET " + exchange.head().target()).bytes();
              exchange.begin(200, "Content-Type: application/vnd.ipld.car");
              exchange.chunk(Arrays.copyOf(car, Math.min(car.length, 2_400_000)));
              if (car.length <= 2_400_000) {
                exchange.end();
              } else {
                exchange.close();
              }
            })) {
      TestCall call = TestCall.of(COPY).on(data.root()).from(breaking.url(), TICKET);
      WireAnswer answer = call.ask(node);
      assertEquals(200, answer.status(), answer::text);
      String first = "/ipfs/" + data.root() + "?format=car";
      assertEquals(
          List.of(first, first + "&entity-bytes=2097152:*", first + "&entity-bytes=4194304:*"),
          asked);
    }
  }

  @Test
  void more_than_is_allowed_does_not_travel() {
    SampleDag data = held(3_000_000);
    try (Relay relay = Relay.to(holder.url())) {
      TestCall call = TestCall.of(COPY).on(data.root()).from(relay.url(), TICKET);
      failed(call.maxFetch(1_200_000).ask(node), 409, "would-move");
      assertEquals(200, call.maxFetch(4_000_000).ask(node).status());
    }
  }

  @Test
  void a_peer_cannot_say_that_a_path_leads_elsewhere() {
    SampleDag data = SampleDag.directory(dir, Map.of("prices", "true"));
    byte[] other = SampleDag.file(1, 100).car();
    try (WireServer liar =
        WireServer.start(
            exchange -> {
              exchange.begin(200, "Content-Type: application/vnd.ipld.car");
              exchange.chunk(other);
              exchange.end();
            })) {
      TestCall call = TestCall.of(COPY).on(data.root(), "prices").from(liar.url(), TICKET);
      failed(call.ask(node), 503, "data-unavailable");
    }
  }

  @Test
  @Tag("long")
  void a_peer_that_sends_a_part_or_nonsense_or_nothing_is_no_source() {
    SampleDag data = SampleDag.file(5, 2_500_000);
    byte[] part = Arrays.copyOf(data.car(), 300);
    try (WireServer cut = WireServer.start(e -> e.answer(200, latin1(part)));
        WireServer html = WireServer.start(e -> e.answer(200, "<html>"));
        WireServer refuses = WireServer.start(e -> e.answer(401, "no"))) {
      WireAnswer answer =
          TestCall.of(COPY)
              .on(data.root())
              .from(cut.url(), TICKET)
              .from(html.url(), TICKET)
              .from(refuses.url(), TICKET)
              .ask(node);
      failed(answer, 503, "data-unavailable");
    }
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void a_silent_peer_costs_no_more_than_the_time_of_the_call() {
    SampleDag data = SampleDag.file(6, 100);
    try (WireServer silent =
        WireServer.start(
            exchange -> {
              exchange.begin(200, "Content-Type: application/vnd.ipld.car");
              exchange.awaitPeerGone();
            })) {
      TestCall call = TestCall.of(COPY).on(data.root()).from(silent.url(), TICKET);
      failed(call.timeoutMs(400).ask(node), 504, "out-of-time");
    }
  }

  @Test
  void a_guarded_holder_gives_data_for_its_ticket_only() throws Exception {
    Path token = Files.writeString(dir.resolve("token"), "a-token-for-management-1");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    try (NodeUnderTest guarded =
        NodeUnderTest.start(dir.resolve("guarded"), "token-file=" + token)) {
      SampleDag data = SampleDag.file(4, 1000);
      String bearer = "Authorization: Bearer a-token-for-management-1";
      assertEquals(201, guarded.add(data.car(), bearer).status());
      String good = Ticket.issue(guarded.node().linkToken(), data.root());
      String wrong = Ticket.issue(guarded.node().linkToken(), COPY.cid());
      failed(
          TestCall.of(COPY).on(data.root()).from(guarded.url(), wrong).ask(node),
          503,
          "data-unavailable");
      WireAnswer answer = TestCall.of(COPY).on(data.root()).from(guarded.url(), good).ask(node);
      assertEquals(200, answer.status(), answer::text);
    }
  }
}
