package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds and counts of what nodes announce. */
class HolderIndexTest {
  private final FakeNodes nodes;

  HolderIndexTest(@TempDir Path dir) {
    nodes = new FakeNodes(dir, 100);
  }

  @AfterEach
  void stop() {
    nodes.close();
  }

  @Test
  void roots_find_room_when_what_is_inside_of_them_does_not() {
    nodes.join("a");
    List<Holding> holdings = new ArrayList<>();
    for (int i = 0; i < 95; i++) {
      holdings.add(new Holding(FakeNodes.cid("entry " + i), 1, 1, true, HoldingKind.ENTRY));
    }
    nodes.snapshot("a", holdings.toArray(Holding[]::new));
    assertEquals(90, nodes.index.entries());
    assertEquals(5, nodes.index.dropped());

    nodes.join("b");
    nodes.snapshot("b", FakeNodes.root(FakeNodes.cid("root"), 10, true));
    assertEquals(1, nodes.index.holders(FakeNodes.cid("root")).size());
    assertEquals(91, nodes.index.entries());
  }

  @Test
  void no_node_fills_the_index_beyond_its_size() {
    nodes.join("a");
    nodes.snapshot("a");
    for (int i = 0; i < 300; i++) {
      nodes.delta("a", List.of(FakeNodes.root(FakeNodes.cid("root " + i), 10, true)), List.of());
    }
    assertEquals(100, nodes.index.entries());
    assertEquals(200, nodes.index.dropped());
  }

  @Test
  void a_snapshot_replaces_what_was_known_of_its_node_and_of_no_other() {
    KnownNode a = nodes.join("a");
    nodes.join("b");
    Holding one = FakeNodes.root(FakeNodes.cid("one"), 10, true);
    Holding two = FakeNodes.root(FakeNodes.cid("two"), 20, true);
    nodes.snapshot("a", one, two);
    nodes.snapshot("b", one);
    assertEquals(30, a.toInfo().bytes());
    nodes.snapshot("a", FakeNodes.root(FakeNodes.cid("two"), 25, false));
    assertEquals(1, a.toInfo().roots());
    assertEquals(25, a.toInfo().bytes());
    assertEquals("b", nodes.index.holders(FakeNodes.cid("one")).getFirst().node().name());
    assertEquals(2, nodes.index.entries());
    nodes.snapshot("a");
    nodes.snapshot("b");
    assertEquals(0, nodes.index.entries());
    assertTrue(nodes.index.holders(FakeNodes.cid("one")).isEmpty());
  }

  @Test
  void a_root_with_a_cut_digest_is_found_and_is_no_other_one() {
    byte[] digest = FakeNodes.cid("whole").multihash().digest();
    List<Holding> holdings = new ArrayList<>();
    for (int length = Multihash.MIN_DIGEST_BYTES; length < digest.length; length++) {
      byte[] cut = Arrays.copyOf(digest, length);
      Cid root = Cid.v1(Multicodec.RAW, Multihash.of(Multicodec.SHA2_256, cut));
      holdings.add(FakeNodes.root(root, 10, true));
    }
    nodes.join("a");
    nodes.snapshot("a", holdings.toArray(Holding[]::new));
    assertEquals(holdings.size(), nodes.index.entries());
    for (Holding holding : holdings) {
      assertEquals(1, nodes.index.holders(holding.cid()).size());
    }
    assertTrue(nodes.index.holders(FakeNodes.cid("whole")).isEmpty());
  }
}
