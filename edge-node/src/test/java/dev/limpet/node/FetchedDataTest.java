package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchedDataTest {
  private static final long MIB = 1 << 20;

  @TempDir Path dir = Path.of("");

  private NodeStore open() {
    return NodeStore.open(dir, new NodeStore.Quotas(16 * MIB, 4 * MIB, MIB, 0));
  }

  private static void fetch(NodeStore store, SampleDag dag) {
    Dag.walk(
        dag.blocks(),
        dag.root(),
        DagLimits.standard(),
        (cid, bytes) -> store.fetched().sink().put(new Block(cid, bytes)));
  }

  @Test
  void what_was_fetched_is_held_until_something_newer_needs_the_room() {
    SampleDag old = SampleDag.file(1, 2 << 20);
    try (NodeStore store = open()) {
      assertFalse(store.fetched().holds(old.root()));
      fetch(store, old);
      assertTrue(store.fetched().holds(old.root()));
      List<Holding> cached = store.holdings().ofKind(HoldingKind.CACHED);
      assertEquals(List.of(old.root()), cached.stream().map(Holding::cid).toList());
      assertEquals(2 << 20, cached.getFirst().size());
      fetch(store, SampleDag.file(2, 3 << 20));
      await().until(() -> store.holdings().get(old.root()) == null);
      assertFalse(store.isWhole(old.root()));
    }
  }

  @Test
  void what_is_still_there_after_a_restart_is_not_fetched_again() {
    SampleDag dag = SampleDag.file(3, 1 << 20);
    try (NodeStore store = open()) {
      fetch(store, dag);
    }
    try (NodeStore store = open()) {
      assertNull(store.holdings().get(dag.root()));
      assertTrue(store.fetched().holds(dag.root()));
    }
  }

  @Test
  void what_was_fetched_can_be_kept_and_then_outlives_the_cache() {
    SampleDag dag = SampleDag.file(4, 2 << 20);
    try (NodeStore store = open()) {
      fetch(store, dag);
      assertEquals(dag.root(), store.kept().pin(dag.root(), "").root());
      fetch(store, SampleDag.file(5, 3 << 20));
      assertTrue(store.isWhole(dag.root()));
    }
  }
}
