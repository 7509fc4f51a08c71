package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.node.Node;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.Receipt.Ending;
import dev.limpet.protocol.receipt.Receipt.Used;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptOutcome;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code limpet replay} and {@code limpet diff}. */
class ReplayTest {
  @TempDir private Path dir = Path.of("");

  private final NodeIdentity signer = NodeIdentity.generate();

  private static RecordingTerminal run(int exit, String... arguments) {
    RecordingTerminal own = new RecordingTerminal();
    assertEquals(exit, own.run(arguments), () -> own.out() + own.err());
    return own;
  }

  private static RecordingTerminal run(int exit, GatewayAndNode both, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--gateway", both.gateway().url().toString()));
    return run(exit, all.toArray(String[]::new));
  }

  /** A file that a node made with these words in it. */
  private Path file(String name, Receipt receipt) throws IOException {
    return Files.writeString(
        dir.resolve(name),
        ReceiptSamples.file(signer, NodeIdentity.generate(), receipt.encode()).proof().toString());
  }

  private Path file(String name, Receipt like, Ending ending, Used used) throws IOException {
    return file(name, new Receipt(like.work(), ending, used, like.ran()));
  }

  private Node second(GatewayAndNode both) {
    return GatewayAndNode.node("node-2", dir.resolve("node2"), both.gateway().url());
  }

  private void deploy(GatewayAndNode both, String name, byte[] wasm) throws IOException {
    both.deploy(Files.write(dir.resolve(name + ".wasm"), wasm), name);
  }

  /** An answer that names its receipt in its head: a slow one does in its trailers. */
  private static WireAnswer call(GatewayAndNode both, String line, @Nullable String body) {
    return Awaitility.await()
        .until(
            () -> WireClient.ask(both.gateway().url(), WireClient.request(line, body)),
            answer -> answer.status() == 200 && !answer.header("Limpet-Receipt").isEmpty());
  }

  private Path fetched(GatewayAndNode both, WireAnswer answer) throws IOException {
    return receipt(both, answer.header("Limpet-Receipt"));
  }

  private static Receipt read(Path file) throws IOException {
    return Receipt.decode(ReceiptFile.parse(Files.readAllBytes(file)).receipt().toBytes());
  }

  private JsonObject replayed(GatewayAndNode both, String receipt) {
    return JsonObject.parse(run(0, both, "replay", receipt, "--json").out());
  }

  @Test
  void a_receipt_is_replayed_on_the_other_node_and_a_forged_one_is_found_out() throws Exception {
    try (GatewayAndNode both = GatewayAndNode.start(dir)) {
      deploy(both, "hello", SampleModules.hello());
      WireAnswer answer = call(both, "GET /fn/hello", null);
      Path file = fetched(both, answer);
      String alone = run(0, both, "replay", file.toString()).out();
      assertTrue(alone.contains("agrees: the same node says the same; no other"), alone);
      try (Node _ = second(both)) {
        Settling.awaitReady(both.gateway().url(), 2);
        String out = run(0, both, "replay", file.toString()).out();
        assertTrue(out.contains("same    fuel"), out);
        assertTrue(out.endsWith("agrees: another node says the same\n"), out);
        // The node that joined last asks for its enrolment after it is ready.
        JsonObject json =
            Awaitility.await()
                .until(
                    () -> replayed(both, answer.header("Limpet-Receipt")),
                    replayed -> Boolean.TRUE.equals(replayed.fields().get("replayHolds")));
        assertEquals(true, json.fields().get("agrees"));
        assertEquals(true, json.fields().get("elsewhere"));
        run(0, both, "diff", file.toString(), json.text("replay"));
        Receipt good = read(file);
        Receipt.Ran ran = good.ran();
        Receipt.Ran granted =
            new Receipt.Ran(
                ran.node(),
                ran.execution(),
                ran.engine(),
                List.of("clock"),
                ran.startedMs(),
                ran.tookMicros());
        Path impure = file("impure", new Receipt(good.work(), good.ending(), good.used(), granted));
        String excuse = run(1, both, "replay", impure.toString()).out();
        assertTrue(excuse.endsWith("differs on another node: grants\n"), excuse);
        Used more = new Used(good.used().fuel() + 1, good.used().memory(), 0, 0, 0);
        Path forged = file("forged", good, good.ending(), more);
        RecordingTerminal red = run(1, both, "replay", forged.toString());
        assertTrue(red.out().contains("DIFFERS fuel"), red.out());
        assertTrue(red.out().endsWith("differs on another node: fuel\n"), red.out());
        assertTrue(red.err().contains("does not hold"), red.err());
      }
    }
  }

  private static Receipt withoutHash(Receipt of) {
    Used used = of.used();
    Used less = new Used(used.fuel(), used.memory(), used.read(), used.blocks(), used.fetched());
    return new Receipt(of.work(), of.ending(), less, of.ran());
  }

  @Test
  void memory_is_compared_by_its_hash_and_a_node_that_says_another_is_named() throws Exception {
    try (GatewayAndNode both = GatewayAndNode.start(dir);
        Node _ = second(both)) {
      Settling.awaitReady(both.gateway().url(), 2);
      deploy(both, "hello", SampleModules.hello());
      String err = run(0, both, "call", "hello", "--memory-hash", "-i").err();
      String cid =
          err.lines()
              .filter(line -> line.toLowerCase(Locale.ROOT).contains("receipt"))
              .map(line -> line.substring(line.lastIndexOf(' ') + 1))
              .findFirst()
              .orElseThrow(() -> new AssertionError(err));
      Path file = Files.writeString(dir.resolve("hashed"), run(0, both, "receipt", cid).out());
      Receipt hashed = read(file);
      assertNotNull(hashed.used().memoryHash());
      JsonObject agreed = replayed(both, file.toString());
      assertEquals(true, agreed.fields().get("memoryCompared"));
      assertFalse(agreed.fields().containsKey("again"), "the receipt has one already");
      Receipt lie = ReceiptSamples.hashed(hashed, 1);
      Path lies = file("lies", lie);
      String out = run(1, both, "replay", lies.toString()).out();
      assertTrue(out.contains("DIFFERS memoryHash " + "01".repeat(32)), out);
      assertTrue(out.endsWith("differs on another node: memoryHash\n"), out);
      out = run(1, both, "diff", file.toString(), lies.toString()).out();
      assertTrue(out.endsWith("they part: memoryHash\n"), out);
      Path plain = file("plain", withoutHash(hashed));
      out = run(0, both, "diff", file.toString(), plain.toString()).out();
      assertTrue(out.contains("aside   memoryHash") && out.contains("not recorded"), out);
    }
  }

  @Test
  @Tag("long")
  void a_receipt_without_a_hash_has_its_node_asked_for_one_by_a_further_run() throws Exception {
    try (GatewayAndNode both = GatewayAndNode.start(dir)) {
      deploy(both, "hello", SampleModules.hello());
      Path file = fetched(both, call(both, "GET /fn/hello", null));
      String out = run(0, both, "replay", file.toString()).out();
      assertTrue(out.contains("aside   memoryHash not recorded"), out);
      assertTrue(out.contains("memory: not compared: "), out);
      try (Node _ = second(both)) {
        Settling.awaitReady(both.gateway().url(), 2);
        out = run(0, both, "replay", file.toString()).out();
        assertTrue(out.contains("same    memoryHash"), out);
        assertTrue(out.contains("memory: the receipt has no hash; compared is"), out);
        assertTrue(out.endsWith("agrees: another node says the same\n"), out);
        JsonObject json = replayed(both, file.toString());
        assertEquals(true, json.fields().get("memoryCompared"));
        Receipt again = read(receipt(both, json.text("again")));
        assertEquals(read(file).ran().node(), again.ran().node());
        out = run(0, both, "replay", file.toString(), "--once").out();
        assertTrue(out.contains("aside   memoryHash not recorded"), out);
        assertTrue(out.contains("memory: not compared: the receipt has no hash, and --once"), out);
      }
    }
  }

  @Test
  void a_receipt_of_a_node_that_is_away_says_that_its_memory_was_not_compared() throws Exception {
    try (GatewayAndNode both = GatewayAndNode.start(dir)) {
      deploy(both, "hello", SampleModules.hello());
      Receipt good = read(fetched(both, call(both, "GET /fn/hello", null)));
      Receipt.Ran ran = good.ran();
      Receipt.Ran elsewhere =
          new Receipt.Ran(
              signer.peerId(),
              ran.execution(),
              ran.engine(),
              ran.grants(),
              ran.startedMs(),
              ran.tookMicros());
      Path away = file("away", new Receipt(good.work(), good.ending(), good.used(), elsewhere));
      String out = run(0, both, "replay", away.toString()).out();
      assertTrue(out.contains("and its node cannot run it now"), out);
    }
  }

  private Path receipt(GatewayAndNode both, String cid) throws IOException {
    return Files.writeString(dir.resolve(cid), run(0, both, "receipt", cid).out());
  }

  @Test
  @Tag("long")
  void a_call_with_a_body_needs_it_again_and_a_failure_is_repeated() throws Exception {
    try (GatewayAndNode both = GatewayAndNode.start(dir)) {
      deploy(both, "echo", SampleModules.echo());
      deploy(both, "exits", SampleModules.exitsWith(3));
      String body = "abc";
      Path file = fetched(both, call(both, "POST /fn/echo", body));
      Path right = Files.writeString(dir.resolve("right"), body);
      Path wrong = Files.writeString(dir.resolve("wrong"), "d");
      String err = run(2, both, "replay", file.toString()).err();
      assertTrue(err.contains("--body"), err);
      run(0, both, "replay", file.toString(), "--body", right.toString());
      err = run(2, both, "replay", file.toString(), "--body", wrong.toString()).err();
      assertTrue(err.contains("digest is another one"), err);
      Receipt good = read(fetched(both, call(both, "GET /fn/echo", null)));
      Path claims =
          file("exits", good, new Ending(ReceiptOutcome.EXITED, 3L, null, null), good.used());
      String out = run(1, both, "replay", claims.toString()).out();
      assertTrue(out.contains("DIFFERS outcome    exited  |  ok"), out);
    }
  }

  @Test
  @Tag("long")
  void a_failure_is_compared_by_its_receipt_with_fuel_and_memory_and_where_it_ran()
      throws Exception {
    try (GatewayAndNode both = GatewayAndNode.start(dir);
        Node _ = second(both)) {
      Settling.awaitReady(both.gateway().url(), 2);
      deploy(both, "traps", SampleModules.traps());
      WireAnswer answer =
          WireClient.ask(both.gateway().url(), WireClient.request("GET /fn/traps", null));
      assertEquals("guest-trapped", answer.header("Limpet-Error"));
      Path file = fetched(both, answer);
      String out = run(0, both, "replay", file.toString()).out();
      for (String same : List.of("outcome    trapped", "fuel", "memory")) {
        assertTrue(out.contains("same    " + same), out);
      }
      assertTrue(out.endsWith("agrees: another node says the same\n"), out);
      Receipt good = read(file);
      Used other = new Used(good.used().fuel() + 1, good.used().memory(), 0, 0, 0);
      Path forged = file("forged", good, good.ending(), other);
      out = run(1, both, "replay", forged.toString()).out();
      assertTrue(out.endsWith("differs on another node: fuel\n"), out);
    }
  }

  @Test
  @Tag("long")
  void data_travels_for_a_replay_and_who_allows_too_little_hears_who_could_run_it()
      throws Exception {
    byte[] content = new byte[100_000];
    new Random(5).nextBytes(content);
    try (GatewayAndNode both = GatewayAndNode.start(dir);
        Node _ = second(both)) {
      Settling.awaitReady(both.gateway().url(), 2);
      deploy(both, "copies", SampleModules.copiesInput(0));
      String data = both.add(Files.write(dir.resolve("content"), content));
      String target = "GET /on/" + data + "/-/copies";
      WireAnswer answer =
          Awaitility.await()
              .until(
                  () -> WireClient.ask(both.gateway().url(), WireClient.request(target, null)),
                  read -> !read.header("Limpet-Receipt").isEmpty());
      assertEquals("node-1", answer.header("Limpet-Node"));
      Path file = fetched(both, answer);
      String[] little = {"replay", file.toString(), "--max-fetch=10KiB"};
      String out = run(0, both, little).out();
      assertTrue(
          out.contains("agrees: the same node says the same; node-2 could run it with --max-fetch"),
          out);
      JsonObject json =
          JsonObject.parse(
              run(0, both, "replay", file.toString(), "--max-fetch=10KiB", "--json").out());
      assertEquals(false, json.fields().get("elsewhere"));
      JsonObject other = json.object("wouldFetch");
      assertEquals("node-2", other.text("node"));
      out = run(0, both, "replay", file.toString(), "--max-fetch=" + other.number("bytes")).out();
      assertTrue(out.endsWith("agrees: another node says the same\n"), out);
    }
  }

  @Test
  @Tag("long")
  void a_node_that_lacks_the_data_and_does_not_take_the_function_is_not_recommended()
      throws Exception {
    byte[] content = new byte[100_000];
    new Random(5).nextBytes(content);
    String otherOnly = "allow-functions=" + Cid.of(Multicodec.DAG_CBOR, new byte[] {1});
    try (GatewayAndNode both = GatewayAndNode.start(dir);
        Node _ =
            GatewayAndNode.node(
                "node-2", dir.resolve("node2"), both.gateway().url(), List.of(otherOnly))) {
      Settling.awaitReady(both.gateway().url(), 2);
      deploy(both, "copies", SampleModules.copiesInput(0));
      String data = both.add(Files.write(dir.resolve("content"), content));
      Path file = fetched(both, call(both, "GET /on/" + data + "/-/copies", null));
      String out = run(0, both, "replay", file.toString(), "--max-fetch=10KiB").out();
      assertTrue(out.endsWith("agrees: the same node says the same; no other could run it\n"), out);
    }
  }

  @Test
  void what_no_replay_can_tell_is_refused_with_the_reason() throws Exception {
    Receipt sample = ReceiptSamples.receipt(signer.peerId());
    Path late =
        file(
            "late",
            sample,
            new Ending(ReceiptOutcome.OUT_OF_TIME, null, null, null),
            sample.used());
    String err = run(4, "replay", late.toString()).err();
    assertTrue(err.contains("says nothing about the function"), err);
    Receipt.Work unread = new Receipt.Work(null, sample.work().form(), sample.work().inputs());
    Path part = file("part", new Receipt(unread, sample.ending(), sample.used(), sample.ran()));
    err = run(4, "replay", part.toString()).err();
    assertTrue(err.contains("did not read the whole body"), err);
    Path garbage = Files.writeString(dir.resolve("garbage"), "receipt\n");
    run(2, "replay", garbage.toString());
    run(2, "replay", dir.resolve("none").toString());
  }

  @Test
  void two_receipts_part_where_they_say_what_cannot_both_be_right() throws Exception {
    Receipt sample = ReceiptSamples.receipt(signer.peerId());
    Path one = file("one", sample);
    Path same = file("same", sample);
    String out = run(0, "diff", one.toString(), same.toString()).out();
    assertTrue(out.endsWith("they agree\n"), out);
    Ending trapped = new Ending(ReceiptOutcome.TRAPPED, null, "unreachable", null);
    Path other = file("other", sample, trapped, sample.used());
    out = run(1, "diff", one.toString(), other.toString()).out();
    assertTrue(out.contains("DIFFERS outcome    ok  |  trapped"), out);
    assertTrue(out.contains("they part: outcome, result, size, status, says"), out);
    JsonObject json =
        JsonObject.parse(run(1, "diff", one.toString(), other.toString(), "--json").out());
    assertEquals(false, json.fields().get("agrees"));
    assertEquals(true, json.fields().get("firstHolds"));
  }
}
