package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.Holds;
import dev.limpet.protocol.NodeIdentity;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The index compared with maps, and what it makes of CIDs that share a digest. */
class HolderIndexModelTest {
  private static final int CIDS = 500;
  private static final List<HoldingKind> KINDS = List.of(HoldingKind.values());

  private final HolderIndex index = new HolderIndex(1_000_000);

  private static KnownNode node(String name) {
    return new KnownNode(
        name,
        NodeIdentity.generate().peerId(),
        URI.create("http://127.0.0.1:1"),
        Time.SYSTEM,
        Standing.APPROVED);
  }

  private static Holding holding(Random random) {
    Cid cid = FakeNodes.cid("cid " + random.nextInt(CIDS));
    HoldingKind kind = KINDS.get(random.nextInt(KINDS.size()));
    return random.nextBoolean()
        ? new Holding(cid, random.nextInt(9), random.nextInt(9), true, kind)
        : new Holding(cid, -1, random.nextInt(9), false, kind);
  }

  @Test
  void it_says_what_maps_say_after_any_changes() {
    Random random = new Random(20261126);
    List<KnownNode> nodes = new ArrayList<>();
    Map<KnownNode, Map<Cid, Holding>> model = new HashMap<>();
    for (int i = 0; i < 12; i++) {
      nodes.add(node("n" + i));
      model.put(nodes.getLast(), new HashMap<>());
    }
    for (int step = 0; step < 4000; step++) {
      KnownNode node = nodes.get(random.nextInt(nodes.size()));
      change(random, node, model.getOrDefault(node, Map.of()));
      if (step % 200 == 0) {
        compare(model);
      }
    }
    compare(model);
    nodes.forEach(node -> index.replace(node, List.of(), true));
    assertEquals(0, index.entries());
    assertTrue(index.holders(FakeNodes.cid("cid 1")).isEmpty());
  }

  private void change(Random random, KnownNode node, Map<Cid, Holding> held) {
    int what = random.nextInt(20);
    if (what == 0) {
      held.clear();
      for (int i = random.nextInt(CIDS); i > 0; i--) {
        Holding holding = holding(random);
        held.put(holding.cid(), holding);
      }
      index.replace(node, held.values(), true);
    } else if (what < 12) {
      Holding holding = holding(random);
      held.put(holding.cid(), holding);
      index.put(node, holding);
    } else {
      Cid cid = FakeNodes.cid("cid " + random.nextInt(CIDS));
      held.remove(cid);
      index.remove(node, cid);
    }
  }

  private void compare(Map<KnownNode, Map<Cid, Holding>> model) {
    int entries = 0;
    for (Map.Entry<KnownNode, Map<Cid, Holding>> of : model.entrySet()) {
      entries += of.getValue().size();
      long roots =
          of.getValue().values().stream().filter(h -> h.kind() == HoldingKind.ROOT).count();
      assertEquals(roots, of.getKey().toInfo().roots());
    }
    assertEquals(entries, index.entries());
    for (int i = 0; i < CIDS; i++) {
      Cid cid = FakeNodes.cid("cid " + i);
      Set<Holder> expected = new HashSet<>();
      model.forEach(
          (node, held) -> {
            Holding h = held.get(cid);
            if (h != null) {
              expected.add(
                  new Holder(
                      node,
                      h.complete() ? Holds.COMPLETE : Holds.PARTIAL,
                      h.size(),
                      h.dagSize(),
                      h.kind(),
                      false,
                      Proof.CLAIMED));
            }
          });
      assertEquals(expected, new HashSet<>(index.holders(cid)), cid.toString());
      assertEquals(expected.size(), index.holders(cid).size());
    }
  }

  @Test
  void both_versions_of_a_cid_are_one_and_another_codec_is_the_same_block() {
    Multihash hash = Multihash.sha256("block".getBytes(StandardCharsets.UTF_8));
    Cid v0 = Cid.v0(hash);
    Cid raw = Cid.v1(Multicodec.RAW, hash);
    KnownNode a = node("a");
    KnownNode b = node("b");
    index.put(a, FakeNodes.root(v0, 10, true));
    index.put(b, FakeNodes.root(raw, 5, true));

    Map<String, Holds> holds =
        index.holders(v0.toV1()).stream()
            .collect(Collectors.toMap(h -> h.node().name(), Holder::holds));
    assertEquals(Map.of("a", Holds.COMPLETE, "b", Holds.UNKNOWN), holds);
    assertEquals(2, index.holders(raw).stream().filter(Holder::complete).count());
    index.put(b, FakeNodes.root(v0, 10, true));
    assertEquals(2, index.holders(v0).stream().filter(Holder::complete).count());
    assertEquals(2, index.holders(v0).size());
  }

  @Test
  void a_cid_of_another_codec_or_hash_stands_for_itself_alone() {
    Cid odd = Cid.v1(0x300001, Multihash.sha256(new byte[] {1}));
    Cid identity = Cid.v1(Multicodec.RAW, Multihash.identity(new byte[] {1}));
    Cid taken = Cid.of(Multicodec.RAW, odd.toBytes());
    index.put(node("a"), FakeNodes.root(odd, 1, true));
    assertTrue(index.holders(Cid.of(Multicodec.RAW, new byte[] {1})).isEmpty());
    assertTrue(index.holders(taken).isEmpty());
    assertTrue(index.holders(identity).isEmpty());
    assertEquals(1, index.holders(odd).size());
  }

  @Test
  void a_cid_whose_digest_was_cut_stands_for_itself_alone() {
    byte[] digest = Multihash.sha256(new byte[] {1}).digest();
    for (int bytes = Multihash.MIN_DIGEST_BYTES; bytes < digest.length; bytes++) {
      byte[] first = Arrays.copyOf(digest, bytes);
      Cid cut = Cid.v1(Multicodec.RAW, Multihash.of(Multicodec.SHA2_256, first));
      assertTrue(index.isUnknown(cut));
      index.put(node("a"), FakeNodes.root(cut, 1, true));
      assertEquals(1, index.holders(cut).size());
    }
    assertTrue(index.isUnknown(Cid.of(Multicodec.RAW, new byte[] {1})));
  }

  @Test
  void what_a_node_holds_still_is_never_missing_while_its_snapshot_replaces_it() throws Exception {
    KnownNode node = node("a");
    Holding kept = FakeNodes.root(FakeNodes.cid("kept"), 1, true);
    index.put(node, kept);
    AtomicBoolean missing = new AtomicBoolean();
    AtomicBoolean over = new AtomicBoolean();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!over.get()) {
                    if (index.holders(kept.cid()).size() != 1) {
                      missing.set(true);
                    }
                  }
                });
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      List<Holding> all = new ArrayList<>(List.of(kept));
      for (int j = 0; j < 100; j++) {
        all.add(holding(random));
      }
      index.replace(node, all, true);
    }
    over.set(true);
    reader.join();
    assertEquals(false, missing.get());
  }
}
