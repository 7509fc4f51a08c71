package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.TASK;
import static dev.limpet.gateway.call.Asking.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.PassingFile;
import dev.limpet.gateway.audit.AuditCase;
import dev.limpet.gateway.audit.Said;
import dev.limpet.gateway.call.CallsUnderTest.Member;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.Disagreement;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptOutcome;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers that are made again on other nodes, among them nodes that lie. */
@Timeout(60)
class AuditorTest {
  @TempDir private Path folder;
  private final AtomicInteger runs = new AtomicInteger();

  /** A node that says this to every call, with a receipt that says it used this much fuel. */
  private WireServer node(String says, long fuel) {
    return node(says, fuel, () -> {});
  }

  /** The same that does this before it runs a call. */
  private WireServer node(String says, long fuel, Runnable first) {
    NodeIdentity identity = NodeIdentity.generate();
    Receipt sample = ReceiptSamples.receipt(identity.peerId());
    Receipt.Used used = new Receipt.Used(fuel, sample.used().memory(), 0, 0, 0);
    return node(
        identity,
        new Receipt(sample.work(), sample.ending(), used, sample.ran()),
        (exchange, cid) -> {
          runs.incrementAndGet();
          first.run();
          exchange.answer(
              200,
              says,
              "Limpet-Memo: miss",
              "Limpet-Data-Bytes: 900",
              "Limpet-Task: " + TASK,
              "Limpet-Receipt: " + cid,
              "ETag: \"" + TASK + "\"");
        });
  }

  /** What a node answers to a call, with the CID of its receipt. */
  private interface Calls {
    void answer(WireExchange exchange, String cid) throws IOException;
  }

  /** A node that has a receipt, and answers calls so. */
  private static WireServer node(NodeIdentity identity, Receipt receipt, Calls calls) {
    byte[] encoded = receipt.encode();
    String cid = Receipt.cidOf(encoded).toString();
    String file =
        ReceiptSamples.file(identity, NodeIdentity.generate(), encoded).proof().toString();
    return CallsUnderTest.node(
        exchange -> {
          if (Asking.isInquiry(exchange)) {
            exchange.answer(412, "");
          } else if (exchange.head().target().equals("/v1/receipts/" + cid)) {
            exchange.answer(200, file);
          } else {
            calls.answer(exchange, cid);
          }
        });
  }

  /** A node whose answer streams, or a failure with this code; of both it has a receipt. */
  private WireServer streams(String says, @Nullable String error) {
    NodeIdentity identity = NodeIdentity.generate();
    Receipt sample = ReceiptSamples.receipt(identity.peerId());
    byte[] bytes = says.getBytes(StandardCharsets.UTF_8);
    Receipt.Result result =
        new Receipt.Result(PassingFile.cidOf(bytes, 0, bytes.length), bytes.length, 200, null);
    Receipt.Ending ending =
        error == null
            ? new Receipt.Ending(ReceiptOutcome.OK, null, null, result)
            : new Receipt.Ending(ReceiptOutcome.TRAPPED, null, "unreachable", null);
    return node(
        identity,
        new Receipt(sample.work(), ending, sample.used(), sample.ran()),
        (exchange, cid) -> {
          if (exchange.head().method().equals("HEAD")) {
            runs.incrementAndGet();
            String line = error == null ? "200 o" : "502 f\r\nLimpet-Error: " + error;
            exchange.raw("HTTP/1.1 " + line + "\r\nLimpet-Receipt: " + cid + "\r\n\r\n");
          } else if (error != null) {
            exchange.answer(502, says, "Limpet-Error: " + error, "Limpet-Receipt: " + cid);
          } else {
            exchange.begin(200, "Limpet-Memo: miss", "Limpet-Task: " + TASK);
            exchange.chunk(says);
            exchange.end("Limpet-Receipt: " + cid);
          }
        });
  }

  private static void hold(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CallsUnderTest gateway() {
    return new CallsUnderTest(folder, Setup.OPEN.auditing());
  }

  private static double audits(CallsUnderTest gateway, String result) {
    return gateway.meters.get("limpet.gateway.audits").tag("result", result).counter().count();
  }

  private static double agreement(CallsUnderTest gateway) {
    return gateway.meters.get("limpet.gateway.audit.agreement").gauge().value();
  }

  private List<Path> evidence() {
    Path all = folder.resolve("audit-evidence");
    if (!Files.exists(all)) {
      return List.of();
    }
    try (Stream<Path> cases = Files.list(all)) {
      return cases.filter(each -> !each.getFileName().toString().startsWith(".")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hello(Cid root) {
    return "/on/" + root + "/-/hello";
  }

  /** {@code a} answers a call; {@code b}, {@code c} come then, and may make the answer again. */
  private static Member answered(
      CallsUnderTest gateway, Cid root, WireServer first, WireServer... later) throws Exception {
    Member a = gateway.join("a", first).holds(root);
    gateway.deploy("hello");
    get(gateway, hello(root));
    for (int i = 0; i < later.length; i++) {
      gateway.join(List.of("b", "c").get(i), later[i]).holds(root);
    }
    return a;
  }

  /** Lets the auditor go on until that is so. */
  private static void tickUntil(CallsUnderTest gateway, BooleanSupplier reached) {
    await()
        .until(
            () -> {
              gateway.auditor.tick();
              return reached.getAsBoolean();
            });
  }

  private Path awaitCase(CallsUnderTest gateway) {
    tickUntil(gateway, () -> evidence().size() == 1);
    return evidence().getFirst();
  }

  private static String text(Path found) throws IOException {
    return Files.readString(found.resolve("case.txt"));
  }

  @Test
  void a_node_that_lies_is_put_out_of_service_and_what_it_said_is_forgotten() throws Exception {
    try (var liar = node("bye", 1);
        var b = node("hello", 1);
        var c = node("hello", 1);
        var gateway = gateway()) {
      Cid root = gateway.data();
      Member a = gateway.join("a", liar).holds(root);
      gateway.deploy("hello");
      String target = hello(root);
      assertEquals("bye", get(gateway, target).text());
      assertEquals("hit", get(gateway, target).header("Limpet-Memo"));
      Member honest = gateway.join("b", b).holds(root);
      gateway.join("c", c).holds(root);
      Path found = awaitCase(gateway);
      await().until(() -> a.known().isRevoked());
      assertTrue(honest.known().isReady());
      assertEquals("hello", get(gateway, target).text());
      assertTrue(text(found).contains("two others against a"), text(found));
      for (String name : List.of("a", "b", "c")) {
        assertTrue(Files.size(found.resolve(name + ".receipt")) > 100, name);
      }
      assertEquals(0, agreement(gateway));
      String name = found.getFileName().toString();
      Disagreement told =
          Json.readPage(Disagreement.class, get(gateway, "/v1/disagreements").bytes(), 1 << 16)
              .items()
              .getFirst();
      assertEquals(name, told.id());
      assertEquals(List.of("a", "b", "c"), told.nodes());
      assertTrue(text(found).startsWith(told.says() + "\n"), told.says());
      String receipt = get(gateway, "/v1/disagreements/" + name + "/b.receipt").text();
      assertEquals(Files.readString(found.resolve("b.receipt")), receipt);
      for (String none : List.of(name + "/d.receipt", "x/case.txt", "%2E%2E/case.txt")) {
        int status = get(gateway, "/v1/disagreements/" + none).status();
        assertTrue(status == 404 || status == 400, none);
      }
      try (Stream<Path> logs = Files.walk(folder.resolve("audit"))) {
        Path log = logs.filter(Files::isRegularFile).findFirst().orElseThrow();
        assertTrue(Files.readString(log).contains("\"nodes-revoke\""));
      }
    }
  }

  @Test
  void a_lie_in_a_streamed_answer_is_found_out_by_its_receipt() throws Exception {
    try (var liar = streams("bye", null);
        var b = streams("hello", null);
        var c = streams("hello", null);
        var gateway = gateway()) {
      Member a = answered(gateway, gateway.data(), liar, b, c);
      assertTrue(text(awaitCase(gateway)).contains("two others against a"));
      await().until(() -> a.known().isRevoked());
      assertEquals(2, runs.get(), "and nothing of the answer travelled");
    }
  }

  @Test
  void who_says_that_a_function_failed_which_does_not_is_found_out() throws Exception {
    try (var liar = streams("{}", "guest-trapped");
        var b = node("hello", 1);
        var c = node("hello", 1);
        var gateway = gateway()) {
      Member a = answered(gateway, gateway.data(), liar, b, c);
      assertTrue(text(awaitCase(gateway)).contains("two others against a"));
      await().until(() -> a.known().isRevoked());
    }
  }

  @Test
  void functions_that_fail_and_answers_that_stream_agree_where_all_is_well() throws Exception {
    for (String error : new String[] {null, "guest-trapped"}) {
      Path own = Files.createDirectory(folder.resolve("of-" + error));
      try (var one = streams("hello", error);
          var other = streams("hello", error);
          var gateway = new CallsUnderTest(own, Setup.OPEN.auditing())) {
        Member a = answered(gateway, gateway.data(), one, other);
        tickUntil(gateway, () -> audits(gateway, "agreed") == 1);
        assertFalse(a.known().isRevoked());
      }
    }
  }

  @Test
  void who_agrees_stays_and_is_counted() throws Exception {
    try (var one = node("hello", 1);
        var other = node("hello", 1);
        var gateway = gateway()) {
      Cid root = gateway.data();
      Member a = answered(gateway, root, one, other);
      tickUntil(gateway, () -> audits(gateway, "agreed") == 1);
      assertEquals(2, runs.get());
      assertEquals(1, agreement(gateway));
      assertFalse(a.known().isRevoked());
      assertEquals(List.of(), evidence());
    }
  }

  @Test
  void with_nobody_to_decide_both_stay_and_are_forgotten() throws Exception {
    try (var liar = node("bye", 1);
        var b = node("hello", 1);
        var gateway = gateway()) {
      Cid root = gateway.data();
      Member first = gateway.join("a", liar).holds(root);
      gateway.deploy("hello");
      String target = hello(root);
      get(gateway, target);
      assertEquals(1, gateway.memo.entries());
      Member second = gateway.join("b", b).holds(root);
      Path found = awaitCase(gateway);
      assertTrue(text(found).contains("no third node decided"), text(found));
      assertFalse(first.known().isRevoked());
      assertFalse(second.known().isRevoked());
      assertEquals(0, gateway.memo.entries());
      assertEquals(1, audits(gateway, "differed"));
    }
  }

  @Test
  void a_receipt_that_lies_about_fuel_is_found_out_too() throws Exception {
    try (var liar = node("hello", 9);
        var second = node("hello", 5);
        var third = node("hello", 5);
        var gateway = gateway()) {
      Cid root = gateway.data();
      Member a = answered(gateway, root, liar, second, third);
      assertTrue(text(awaitCase(gateway)).contains("two others against a"));
      await().until(() -> a.known().isRevoked());
    }
  }

  @Test
  void a_node_that_does_not_answer_is_no_liar_and_no_more_cases_are_kept_than_there_is_room()
      throws Exception {
    try (var one = node("hello", 1);
        var broken =
            CallsUnderTest.node(
                exchange ->
                    exchange.answer(
                        Asking.isInquiry(exchange) ? 412 : 503, "", "Limpet-Error: no-room"));
        var gateway = gateway()) {
      Cid root = gateway.data();
      gateway.join("a", one).holds(root);
      gateway.deploy("hello");
      for (int i = 0; i < 65; i++) {
        get(gateway, hello(root), "Cache-Control: no-store");
      }
      assertEquals(1, audits(gateway, "skipped"));
      Member b = gateway.join("b", broken).holds(root);
      tickUntil(gateway, () -> audits(gateway, "failed") == 1);
      assertFalse(b.known().isRevoked());
    }
  }

  @Test
  void a_mistake_in_one_audit_ends_that_one_alone() throws Exception {
    try (var one = node("hello", 1);
        var other = node("hello", 1);
        var gateway = gateway()) {
      Cid root = gateway.data();
      Member a = gateway.join("a", one).holds(root);
      Member b = gateway.join("b", other).holds(root);
      Cid function = gateway.deploy("hello").function();
      Question question =
          new Question(function, 1 << 16, List.of(Question.Wanted.whole(root)), 0, Needs.NONE);
      List<Invocation> nothingToRun = List.of();
      gateway.auditor.offer(
          new AuditCase(
              Said.of(a.known(), 200, Buffer.buffer(), null),
              question.avoiding("a"),
              nothingToRun));
      gateway.auditor.tick();
      assertEquals(1, audits(gateway, "failed"));
      assertEquals(0, b.known().gate().inFlight());
      get(gateway, hello(root));
      tickUntil(gateway, () -> audits(gateway, "agreed") == 1);
    }
  }

  @Test
  void another_node_that_has_the_name_by_then_is_not_thrown_out() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch renamed = new CountDownLatch(1);
    Runnable held =
        () -> {
          asked.countDown();
          hold(renamed);
        };
    try (var liar = node("bye", 1);
        var b = node("hello", 1);
        var c = node("hello", 1, held);
        var gateway = gateway()) {
      Cid root = gateway.data();
      answered(gateway, root, liar, b, c);
      tickUntil(gateway, () -> asked.getCount() == 0);
      gateway.remove("a");
      Member renewed = gateway.join("a", b);
      renamed.countDown();
      assertTrue(text(awaitCase(gateway)).contains("two others against a"));
      get(gateway, hello(root), "Cache-Control: no-store");
      // one audit at a time: that one is over then
      tickUntil(gateway, () -> audits(gateway, "agreed") == 1);
      assertFalse(renewed.known().isRevoked());
    }
  }

  @Test
  void the_evidence_is_on_the_disk_before_the_node_is_out() throws Exception {
    List<Integer> cases = new CopyOnWriteArrayList<>();
    try (var liar = node("bye", 1);
        var b = node("hello", 1);
        var c = node("hello", 1);
        var gateway = gateway()) {
      Cid root = gateway.data();
      gateway.whenRevoked = _ -> cases.add(evidence().size());
      Member a = answered(gateway, root, liar, b, c);
      awaitCase(gateway);
      await().until(() -> a.known().isRevoked());
      assertEquals(List.of(1), cases);
    }
  }

  @Test
  void a_liar_goes_also_when_there_is_no_room_for_the_evidence() throws Exception {
    Files.createFile(folder.resolve("audit-evidence"));
    try (var liar = node("bye", 1);
        var b = node("hello", 1);
        var c = node("hello", 1);
        var gateway = gateway()) {
      Cid root = gateway.data();
      Member a = answered(gateway, root, liar, b, c);
      tickUntil(gateway, () -> a.known().isRevoked());
    }
  }
}
