package dev.limpet.content.ipld;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DagTest {
  private final InMemoryBlockstore store = new InMemoryBlockstore();

  private Cid raw(String text) {
    return put(Block.of(Multicodec.RAW, text.getBytes(StandardCharsets.UTF_8)));
  }

  private Cid pb(Cid... links) {
    List<PbLink> all = new ArrayList<>();
    for (Cid link : links) {
      all.add(new PbLink(link, "", 0));
    }
    return put(Block.of(Multicodec.DAG_PB, DagPb.encode(PbNode.ofLinks(all))));
  }

  private Cid cbor(Cid... links) {
    List<Ipld> all = new ArrayList<>();
    for (Cid link : links) {
      all.add(new Ipld.LinkNode(link));
    }
    return put(Block.of(Multicodec.DAG_CBOR, DagCbor.encode(new Ipld.ListNode(all))));
  }

  private Cid put(Block block) {
    store.put(block);
    return block.cid();
  }

  private static List<Cid> walked(BlockSource source, Cid root) {
    List<Cid> order = new ArrayList<>();
    Dag.walk(source, root, DagLimits.standard(), (cid, _) -> order.add(cid));
    return order;
  }

  @Test
  void blocks_come_depth_first_and_once() {
    Cid a = raw("a");
    Cid b = raw("b");
    Cid left = pb(a, b, a);
    Cid right = cbor(b, left);
    Cid root = cbor(left, right, a);
    assertEquals(List.of(root, left, a, b, right), walked(store, root));
    DagStat stat = Dag.stat(store, root);
    assertTrue(stat.complete());
    assertEquals(5, stat.blocks());
    assertEquals(store.storedBytes(), stat.bytes());
  }

  @Test
  void bytes_linked_first_as_raw_do_not_hide_what_is_below_them() {
    Cid missing = Cid.of(Multicodec.RAW, new byte[] {1});
    Cid node = pb(missing);
    Cid asRaw = Cid.v1(Multicodec.RAW, node.multihash());
    Cid root = cbor(asRaw, node);
    assertEquals(missing, Dag.stat(store, root).firstMissing());
    assertThrows(BlockNotFoundException.class, () -> walked(store, root));
  }

  @Test
  void a_missing_block_ends_a_walk_and_not_a_count() {
    Cid missing = Cid.of(Multicodec.DAG_PB, new byte[] {1});
    Cid there = raw("there");
    Cid root = pb(missing, there);
    var refused = assertThrows(BlockNotFoundException.class, () -> walked(store, root));
    assertEquals(missing, refused.cid());
    DagStat stat = Dag.stat(store, root);
    assertFalse(stat.complete());
    assertEquals(2, stat.blocks());
    assertEquals(missing, Dag.stat(store, missing).firstMissing());
  }

  @Test
  void a_count_reads_no_block_that_cannot_have_links() {
    Cid root = pb(raw("a"), raw("b"), raw("c"));
    List<Cid> read = new ArrayList<>();
    BlockSource counting =
        new BlockSource() {
          @Override
          public byte @Nullable [] get(Cid cid) {
            read.add(cid);
            return store.get(cid);
          }

          @Override
          public long sizeOf(Cid cid) {
            return store.sizeOf(cid);
          }
        };
    assertEquals(4, Dag.stat(counting, root).blocks());
    assertEquals(List.of(root), read);
  }

  @Test
  void identity_blocks_are_followed_and_never_missing() {
    Cid leaf = Cid.v1(Multicodec.RAW, Multihash.identity(new byte[] {7}));
    byte[] inner = DagPb.encode(PbNode.ofLinks(List.of(new PbLink(leaf, "", 1))));
    Cid node = Cid.v1(Multicodec.DAG_PB, Multihash.identity(inner));
    Cid root = pb(node, leaf);
    BlockSource withoutIdentities = cid -> cid.isIdentity() ? null : store.get(cid);
    assertEquals(List.of(root, node, leaf, leaf), walked(withoutIdentities, root));
    DagStat stat = Dag.stat(withoutIdentities, root);
    assertTrue(stat.complete());
    assertEquals(1, stat.blocks());
  }

  @Test
  void a_codec_that_may_hide_links_is_refused_and_plain_documents_are_leaves() {
    Cid git = Cid.of(0x78, new byte[] {'{', '}'});
    store.put(new Block(git, new byte[] {'{', '}'}));
    assertThrows(MalformedBlockException.class, () -> walked(store, git));
    assertThrows(MalformedBlockException.class, () -> Dag.stat(store, git));
    Cid plain = Cid.v1(Multicodec.JSON, git.multihash());
    assertEquals(List.of(plain), walked(store, plain));
  }

  @Test
  void a_dag_deeper_than_the_limit_is_refused() {
    Cid cid = raw("bottom");
    for (int i = 0; i < DagLimits.MAX_WALK_DEPTH - 1; i++) {
      cid = cbor(cid);
    }
    Cid deepest = cid;
    assertEquals(DagLimits.MAX_WALK_DEPTH, walked(store, deepest).size());
    Cid deeper = cbor(deepest);
    assertThrows(ContentLimitException.class, () -> walked(store, deeper));
    assertThrows(ContentLimitException.class, () -> Dag.stat(store, deeper));
  }

  @Test
  void a_dag_of_more_blocks_than_the_limit_is_refused() {
    Cid root = pb(raw("a"), raw("b"), raw("c"));
    Dag.walk(store, root, new DagLimits(4, 2), (_, _) -> {});
    assertThrows(
        ContentLimitException.class,
        () -> Dag.walk(store, root, new DagLimits(3, 2), (_, _) -> {}));
    assertThrows(
        ContentLimitException.class,
        () -> Dag.walk(store, root, new DagLimits(4, 1), (_, _) -> {}));
  }

  @Test
  void a_walk_that_enters_a_block_each_time_counts_each_time() {
    Cid cid = raw("bottom");
    for (int level = 0; level < 60; level++) {
      cid = pb(cid, cid);
    }
    Cid unfolding = cid;
    assertEquals(61, walked(store, unfolding).size());
    int[] visits = {0};
    DagLimits limits = new DagLimits(10_000, 100);
    assertThrows(
        ContentLimitException.class,
        () -> Dag.walkEach(store, unfolding, limits, (_, _) -> visits[0]++));
    assertEquals(10_000, visits[0]);
  }

  @Test
  void links_that_wait_on_one_path_are_bounded() {
    Cid cid = raw("bottom");
    for (int level = 0; level < 6; level++) {
      List<Cid> links = new ArrayList<>(Collections.nCopies(45_000, raw("level " + level)));
      links.set(0, cid);
      cid = pb(links.toArray(Cid[]::new));
    }
    Cid wide = cid;
    assertThrows(ContentLimitException.class, () -> walked(store, wide));
  }

  @Test
  void the_table_of_seen_blocks_forgets_nothing_and_invents_nothing() {
    SeenBlocks seen = new SeenBlocks();
    Random random = new Random(7);
    List<Cid> cids = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      byte[] digest = new byte[32];
      random.nextBytes(digest);
      cids.add(Cid.v1(Multicodec.DAG_PB, Multihash.of(Multicodec.SHA2_256, digest)));
    }
    for (Cid cid : cids) {
      assertTrue(seen.add(cid));
    }
    for (Cid cid : cids) {
      assertFalse(seen.add(cid));
      assertFalse(seen.add(Cid.v0(cid.multihash())));
    }
    assertEquals(20_000, seen.size());
  }
}
