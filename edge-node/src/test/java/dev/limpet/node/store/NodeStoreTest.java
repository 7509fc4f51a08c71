package dev.limpet.node.store;

import static dev.limpet.testkit.patience.Patience.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.protocol.Holding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStoreTest {
  private static final long QUOTA = 1 << 20;

  @TempDir private Path folder = Path.of("");

  private NodeStore open(SyncRule rule) {
    return NodeStore.open(folder, new NodeStore.Quotas(QUOTA, QUOTA, QUOTA, 0), rule);
  }

  private NodeStore open() {
    return open(SyncRule.ALWAYS);
  }

  private static void assertHolds(NodeStore store, CrashDag dag) {
    for (Block block : dag.blocks()) {
      assertArrayEquals(block.bytes(), store.data().get(block.cid()));
    }
  }

  @Test
  void data_is_there_after_a_stop_whatever_the_rule_for_the_disk() throws IOException {
    long number = 0;
    for (SyncRule.Policy policy : SyncRule.Policy.values()) {
      CrashDag dag = CrashDag.of(number++);
      SyncRule rule = new SyncRule(policy, Duration.ofMillis(10));
      try (NodeStore store = open(rule)) {
        store.kept().add(dag.car());
      }
      try (NodeStore store = open(rule)) {
        assertHolds(store, dag);
        assertTrue(store.isWhole(dag.root()));
      }
    }
  }

  @Test
  void a_direct_pin_keeps_one_block_and_the_rest_is_garbage() throws IOException {
    CrashDag dag = CrashDag.of(7);
    try (NodeStore store = open()) {
      dag.blocks().forEach(store.fetched().sink()::put);
      assertEquals(PinKind.DIRECT, store.kept().pinDirect(dag.root(), "top").kind());
      assertEquals(0, store.collect().blocks());
    }
    Path cache = folder.resolve("fetched");
    try (Stream<Path> all = Files.list(cache)) {
      for (Path file : all.toList()) {
        Files.delete(file);
      }
    }
    try (NodeStore store = open()) {
      Holding holding = store.holdings().get(dag.root());
      assertFalse(holding == null || holding.complete());
      assertArrayEquals(dag.blocks().getFirst().bytes(), store.data().get(dag.root()));
      assertNull(store.data().get(dag.blocks().getLast().cid()));
      assertEquals("top", store.kept().pins().getFirst().name());
    }
  }

  @Test
  void what_is_damaged_is_named_and_written_anew_where_another_copy_is_here() throws IOException {
    CrashDag lost = CrashDag.of(3);
    CrashDag saved = CrashDag.of(5);
    try (NodeStore store = open()) {
      saved.blocks().forEach(store.fetched().sink()::put);
      store.kept().add(lost.car());
      store.kept().add(saved.car());
      damage(lost.blocks().getLast());
      damage(saved.blocks().getLast());
      StoreCheck check = store.verify(_ -> {});
      assertEquals(List.of(lost.blocks().getLast().cid()), check.damaged());
      assertEquals(List.of(saved.blocks().getLast().cid()), check.repaired());
      assertEquals(List.of(lost.root()), check.partial());
      assertFalse(check.isGreen());
      Holding holding = store.holdings().get(lost.root());
      assertFalse(holding == null || holding.complete(), "it is announced as if it were whole");
      store.kept().add(lost.car());
      assertTrue(store.verify(_ -> {}).isGreen());
    }
    try (NodeStore store = open()) {
      assertTrue(store.verify(_ -> {}).isGreen());
      assertHolds(store, lost);
      assertHolds(store, saved);
    }
  }

  /** Changes a byte of a block where it is kept. */
  private void damage(Block block) throws IOException {
    String wanted = new String(block.bytes(), StandardCharsets.ISO_8859_1);
    int changed = 0;
    try (Stream<Path> files = Files.list(folder.resolve("blocks"))) {
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(wanted);
        if (at >= 0) {
          bytes[at] ^= 1;
          Files.write(file, bytes);
          changed++;
        }
      }
    }
    assertEquals(1, changed);
  }

  @Test
  void a_verification_beside_traffic_ends_with_what_it_found_or_with_the_store() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    StoreCheck green = new StoreCheck(1, 7, List.of(), List.of(), List.of());
    Verifier verifier =
        new Verifier(
            (read, step) -> {
              read.accept(7);
              reading.countDown();
              await(goOn);
              step.run();
              return green;
            });
    try (verifier) {
      assertEquals(new Verifier.State.None(), verifier.state());
      assertTrue(verifier.begin() instanceof Verifier.State.Running);
      await(reading);
      assertEquals(new Verifier.State.Running(7), verifier.begin(), "another one was begun");
      goOn.countDown();
      while (verifier.state() instanceof Verifier.State.Running) {
        Thread.onSpinWait();
      }
      assertEquals(new Verifier.State.Done(green), verifier.state());
    }
    assertEquals(new Verifier.State.Done(green), verifier.begin(), "it began after the end");
    Verifier endless =
        new Verifier(
            (_, step) -> {
              while (true) {
                step.run();
              }
            });
    endless.begin();
    endless.close();
    assertEquals(new Verifier.State.None(), endless.state());
  }

  @Test
  @Tag("long")
  void the_folder_never_takes_more_than_the_quotas() throws IOException {
    try (NodeStore store = open()) {
      for (long number = 0; number < 300; number++) {
        CrashDag dag = CrashDag.of(number);
        try {
          store.kept().add(dag.car());
        } catch (QuotaExceededException e) {
          store.kept().unpin(store.kept().pins().get((int) number % 5).root());
          Collector.Collected _ = store.collect();
        }
        long used = used("blocks") + Files.size(folder.resolve("pins"));
        assertTrue(used <= QUOTA, used + " bytes after " + number);
      }
      assertTrue(used("blocks") > QUOTA / 2);
      long counted = store.keptBytes() - Files.size(folder.resolve("pins"));
      assertTrue(counted >= used("blocks"), counted + " bytes are counted");
    }
  }

  private long used(String part) throws IOException {
    long used = 0;
    try (Stream<Path> all = Files.list(folder.resolve(part))) {
      for (Path file : all.toList()) {
        used += Files.size(file);
      }
    }
    return used;
  }
}
