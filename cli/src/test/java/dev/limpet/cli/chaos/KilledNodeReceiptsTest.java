package dev.limpet.cli.chaos;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.RecordingTerminal;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node under load is killed again and again. Each receipt that callers were promised is proven
 * afterwards, or the node tells of a gap; what was proven once stays so; and the gateway, which saw
 * the log before, cosigns it after. {@code -Dlimpet.chaos.seed} repeats a run, {@code
 * -Dlimpet.chaos.rounds} makes it longer.
 */
class KilledNodeReceiptsTest {
  private static final int CALLERS = 4;
  private static final int MOST_CALLS = 400;
  private static final int MOST_NANOS = 200_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String COSIGNED = "\u2014 limpet.operator/";

  @TempDir private Path folder = Path.of("");

  private final List<String> proven = new ArrayList<>();
  private Servers.Running gateway;
  private Servers.Running node;
  private Random random;
  private int lost;

  @BeforeEach
  void start() throws IOException {
    long seed = Long.getLong("limpet.chaos.seed", System.nanoTime());
    System.out.println("seed " + seed);
    random = new Random(seed);
    gateway =
        new Servers.Inside()
            .gateway(List.of("listen=127.0.0.1:0", "dir=" + folder.resolve("gateway")));
    node = node();
    Path module = Files.write(folder.resolve("hello.wasm"), SampleModules.hello());
    RecordingTerminal terminal = new RecordingTerminal();
    String at = "--gateway=" + gateway.url();
    assertEquals(0, terminal.run("deploy", module.toString(), "--name=hello", at), terminal::err);
  }

  private Servers.Running node() {
    return new ServerProcesses(folder.resolve("log").toFile())
        .node(
            List.of(
                "listen=127.0.0.1:0",
                "dir=" + folder.resolve("node"),
                "name=node-1",
                "gateway=" + gateway.url(),
                "compiler=inline"));
  }

  @AfterEach
  void stop() {
    node.end();
    gateway.end();
  }

  @Test
  @Tag("nightly")
  @Timeout(3600)
  void receipts_of_a_node_that_is_killed_are_proven_or_a_gap_is_told() throws Exception {
    int rounds = Integer.getInteger("limpet.chaos.rounds", 12);
    for (int round = 0; round < rounds; round++) {
      List<String> promised = callUntilKilled(1 + random.nextInt(MOST_CALLS));
      node = node();
      await().atMost(PATIENCE).until(() -> metric(node.url(), "limpet_node_receipt_gaps") == 1);
      String next = await().atMost(PATIENCE).until(this::call, receipt -> !receipt.isEmpty());
      promised.forEach(this::settle);
      await().atMost(PATIENCE).until(() -> file(next).text().contains(COSIGNED));
      requireProven(next);
      requireProven(proven.get(random.nextInt(proven.size())));
      assertEquals(0, metric(gateway.url(), "limpet_gateway_checkpoints_refused"));
    }
    System.out.println(rounds + " kills, " + proven.size() + " receipts proven, " + lost + " lost");
  }

  private List<String> callUntilKilled(int calls) throws InterruptedException {
    Queue<String> promised = new ConcurrentLinkedQueue<>();
    AtomicBoolean ending = new AtomicBoolean();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(
          Thread.startVirtualThread(
              () -> {
                while (!ending.get()) {
                  String receipt = call();
                  if (!receipt.isEmpty()) {
                    promised.add(receipt);
                  }
                }
              }));
    }
    await().atMost(PATIENCE).until(() -> promised.size() >= calls);
    LockSupport.parkNanos(random.nextInt(MOST_NANOS)); // to be killed at any point of its work
    node.end();
    ending.set(true);
    for (Thread caller : callers) {
      caller.join();
    }
    return List.copyOf(promised);
  }

  /** The receipt of a call; empty when there was no answer. */
  private String call() {
    return get(gateway.url(), "/fn/hello", "Cache-Control: no-cache").header(Headers.RECEIPT);
  }

  private void settle(String receipt) {
    WireAnswer file =
        await()
            .pollDelay(Duration.ZERO) // most are settled by now, and they are many
            .atMost(PATIENCE)
            .until(() -> file(receipt), found -> found.status() != 202);
    if (file.status() == 404) {
      lost++;
      return;
    }
    requireGreen(receipt, file);
    proven.add(receipt);
  }

  private WireAnswer file(String receipt) {
    return get(gateway.url(), "/v1/receipts/" + receipt);
  }

  private void requireProven(String receipt) {
    requireGreen(receipt, file(receipt));
  }

  private void requireGreen(String receipt, WireAnswer file) {
    assertEquals(200, file.status(), () -> receipt + ": " + file.text());
    String operator = get(gateway.url(), "/v1/witness/key").text().lines().findFirst().orElse("");
    Verification verification =
        ReceiptVerifier.verify(
            file.bytes(), new ReceiptVerifier.Trust(PeerId.parse(operator), null), Instant.now());
    assertTrue(verification.isGreen(), () -> verification.checks().toString());
    assertTrue(verification.checks().toString().contains(receipt));
  }

  private static WireAnswer get(URI at, String target, String... headers) {
    return WireClient.ask(at, WireClient.request("GET " + target, null, headers));
  }

  private static double metric(URI at, String name) {
    try {
      return get(at, "/metrics")
          .text()
          .lines()
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    } catch (UncheckedIOException e) {
      throw new AssertionError(at + " does not tell its metrics", e);
    }
  }
}
