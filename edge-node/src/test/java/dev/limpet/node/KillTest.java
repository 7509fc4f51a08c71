package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Json;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.PinInfo;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the middle of adds: what was acknowledged is there after the next start. */
class KillTest {
  private static final int ADDERS = 3;
  private static final int FILE_BYTES = 1_500_000;
  private static final int ACKNOWLEDGED_BEFORE = 12;

  @TempDir Path dir = Path.of("");

  @Test
  @Tag("long")
  void what_was_acknowledged_before_a_kill_is_pinned_and_served_after_it() throws Exception {
    List<Long> acknowledged = new CopyOnWriteArrayList<>();
    CountDownLatch enough = new CountDownLatch(ACKNOWLEDGED_BEFORE);
    try (ChildNode node = ChildNode.start(dir, "-Xmx128m")) {
      List<Thread> adders = new ArrayList<>();
      for (int adder = 0; adder < ADDERS; adder++) {
        long first = adder * 1000L;
        adders.add(Thread.startVirtualThread(() -> add(node.url(), first, acknowledged, enough)));
      }
      enough.await();
      node.kill();
      for (Thread adder : adders) {
        adder.join();
      }
    }
    assertTrue(acknowledged.size() >= ACKNOWLEDGED_BEFORE);
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      Page<PinInfo> pins =
          Json.readPage(PinInfo.class, node.ask("GET /v1/pins?limit=1000").bytes(), 1 << 20);
      var pinned =
          pins.items().stream().map(pin -> pin.cid().toString()).collect(Collectors.toSet());
      for (long seed : acknowledged) {
        String root = SampleDag.file(seed, FILE_BYTES).root().toString();
        assertTrue(pinned.contains(root));
        assertArrayEquals(SampleDag.bytes(seed, FILE_BYTES), node.ask("GET /ipfs/" + root).bytes());
      }
      SampleDag next = SampleDag.file(9999, FILE_BYTES);
      assertEquals(201, node.add(next.car()).status());
    }
  }

  private static boolean isAdded(URI url, long seed) {
    byte[] car = SampleDag.file(seed, FILE_BYTES).car();
    try (WireClient client = WireClient.connect(url)) {
      return client.send(NodeUnderTest.addHead(car.length)).send(car).answer().status() == 201;
    }
  }

  /** As clients of Kubo do; the same root comes of it. */
  private static boolean isSent(URI url, long seed) {
    String content = NodeUnderTest.latin1(SampleDag.bytes(seed, FILE_BYTES));
    WireAnswer answer =
        new RpcClient(url)
            .send(
                "add?cid-version=1&chunker=size-1048576&max-file-links=1024",
                RpcClient.file("f", content));
    return answer.status() == 200 && answer.text().contains("\"Hash\"");
  }

  /** Adds file after file until the node is gone, over the RPC or as a CAR. */
  private static void add(URI url, long firstSeed, List<Long> acknowledged, CountDownLatch enough) {
    for (long seed = firstSeed; ; seed++) {
      try {
        if (!(firstSeed == 0 ? isSent(url, seed) : isAdded(url, seed))) {
          return;
        }
        acknowledged.add(seed);
        enough.countDown();
      } catch (UncheckedIOException e) {
        return;
      }
    }
  }
}
