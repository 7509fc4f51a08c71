package dev.limpet.gateway.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.gateway.placement.Proofs.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ways down a DAG by chance, over nodes that have all of it, a part, or something else. */
class WalkTest {
  private static final int FAN = 4;
  private static final int WALKS = 400;

  private final Map<Cid, byte[]> blocks = new HashMap<>();

  private Cid keep(Block block) {
    blocks.put(block.cid(), block.bytes());
    return block.cid();
  }

  private Cid leaf(int number) {
    return keep(Block.of(Multicodec.RAW, new byte[] {(byte) number, (byte) (number >> 8)}));
  }

  private Cid above(List<Cid> links) {
    List<Ipld> list = new ArrayList<>();
    links.forEach(link -> list.add(new Ipld.LinkNode(link)));
    return keep(Block.of(Multicodec.DAG_CBOR, DagCbor.encode(new Ipld.ListNode(list))));
  }

  /** Two levels of links above {@code FAN * FAN} leaves. */
  private Cid tree() {
    List<Cid> middle = new ArrayList<>();
    for (int i = 0; i < FAN; i++) {
      List<Cid> leaves = new ArrayList<>();
      for (int j = 0; j < FAN; j++) {
        leaves.add(leaf(FAN * i + j));
      }
      middle.add(above(leaves));
    }
    return above(middle);
  }

  /** What comes of a walk at a node that has {@link #blocks}; what it was asked for is gathered. */
  private @Nullable Finding walk(Cid root, boolean whole, long seed, Set<Cid> asked) {
    Walk walk = new Walk(root, whole, new SplittableRandom(seed));
    Finding finding = null;
    while (finding == null) {
      Cid next = walk.next();
      assertNotNull(next);
      asked.add(next);
      byte[] given = blocks.get(next);
      if (given == null) {
        return null;
      }
      finding = walk.take(next, given).finding();
    }
    return finding;
  }

  @Test
  void each_block_of_a_dag_may_be_asked_for_and_the_way_ends_at_a_leaf() {
    Cid root = tree();
    Set<Cid> asked = new HashSet<>();
    for (int seed = 0; seed < WALKS; seed++) {
      Set<Cid> way = new HashSet<>();
      assertEquals(Finding.SHOWN, walk(root, true, seed, way));
      assertEquals(3, way.size());
      asked.addAll(way);
    }
    assertEquals(blocks.keySet(), asked);
  }

  @Test
  void a_node_that_lacks_a_quarter_is_found_out_at_a_quarter_of_all_ways() {
    Cid root = tree();
    List.copyOf(blocks.keySet()).stream().filter(this::isFirstLeaf).forEach(blocks::remove);
    int missed = 0;
    for (int seed = 0; seed < WALKS; seed++) {
      missed += walk(root, true, seed, new HashSet<>()) == null ? 1 : 0;
    }
    assertTrue(missed > WALKS / 8 && missed < WALKS * 3 / 8, missed + " of " + WALKS);
  }

  private boolean isFirstLeaf(Cid cid) {
    byte[] bytes = blocks.get(cid);
    return cid.codec() == Multicodec.RAW && bytes != null && bytes[0] % FAN == 0;
  }

  @Test
  void other_bytes_are_wrong_wherever_they_stand_on_the_way() {
    Cid root = tree();
    for (Cid forged : List.copyOf(blocks.keySet())) {
      byte[] right = blocks.put(forged, new byte[] {9, 9, 9});
      for (int seed = 0; seed < 50; seed++) {
        Set<Cid> asked = new HashSet<>();
        Finding finding = walk(root, true, seed, asked);
        assertEquals(asked.contains(forged) ? Finding.WRONG : Finding.SHOWN, finding);
      }
      blocks.put(forged, right);
    }
    Walk walk = new Walk(root, true, new Random(1));
    assertEquals(Finding.WRONG, walk.take(root, new byte[Block.MAX_BLOCK_BYTES + 1]).finding());
  }

  @Test
  void of_a_part_the_root_is_enough() {
    Cid root = tree();
    Set<Cid> asked = new HashSet<>();
    assertEquals(Finding.SHOWN, walk(root, false, 1, asked));
    assertEquals(Set.of(root), asked);
  }

  @Test
  void a_list_of_links_is_followed_only_so_far() {
    Cid root = leaf(0);
    for (int i = 0; i < 3 * Walk.MAX_WALK_BLOCKS; i++) {
      root = above(List.of(root));
    }
    Set<Cid> asked = new HashSet<>();
    assertEquals(Finding.SHOWN, walk(root, true, 1, asked));
    assertEquals(Walk.MAX_WALK_BLOCKS, asked.size());
  }

  @Test
  void many_large_blocks_are_followed_only_so_far() {
    Cid root = leaf(0);
    for (int i = 0; i < Walk.MAX_WALK_BLOCKS; i++) {
      List<Ipld> content = List.of(new Ipld.LinkNode(root), new Ipld.Bytes(new byte[2_000_000]));
      root = keep(Block.of(Multicodec.DAG_CBOR, DagCbor.encode(new Ipld.ListNode(content))));
    }
    Set<Cid> asked = new HashSet<>();
    assertEquals(Finding.SHOWN, walk(root, true, 1, asked));
    assertEquals(5, asked.size());
  }

  @Test
  void a_block_that_is_what_it_is_called_and_cannot_be_read_ends_the_way() {
    Cid broken = keep(Block.of(Multicodec.DAG_PB, new byte[] {1, 2, 3}));
    Cid odd = keep(Block.of(0x300001, new byte[] {1}));
    assertEquals(Finding.SHOWN, walk(broken, true, 1, new HashSet<>()));
    assertEquals(Finding.SHOWN, walk(odd, true, 1, new HashSet<>()));
    assertNull(walk(above(List.of(Cid.of(Multicodec.RAW, new byte[9]))), true, 1, new HashSet<>()));
  }
}
