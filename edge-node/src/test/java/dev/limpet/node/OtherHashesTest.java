package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.HashedBlocks;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.testkit.wire.WireAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DAGs with blocks of other hashes than SHA2-256. */
class OtherHashesTest {
  private static final byte[] LEAF = "a leaf of many names".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dir = Path.of("");

  private NodeUnderTest node;

  @BeforeEach
  void start() {
    node = NodeUnderTest.start(dir, "quota=32MiB");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static Block document(List<Cid> links) {
    List<Ipld> values = new ArrayList<>();
    links.forEach(link -> values.add(new Ipld.LinkNode(link)));
    byte[] bytes = DagCbor.encode(new Ipld.ListNode(values));
    Multihash hash = Multihash.of(0x13, HashedBlocks.digest("SHA-512", bytes));
    return new Block(Cid.v1(Multicodec.DAG_CBOR, hash), bytes);
  }

  private static byte[] car(Block root, List<Block> below) {
    return SampleDag.car(List.of(root.cid()), with(root, below));
  }

  private static List<Block> with(Block first, List<Block> others) {
    List<Block> all = new ArrayList<>(List.of(first));
    all.addAll(others);
    return all;
  }

  private void assertServed(Block block) {
    WireAnswer answer = node.ask("GET /ipfs/" + block.cid() + "?format=raw");
    assertEquals(200, answer.status(), answer::text);
    assertArrayEquals(block.bytes(), answer.bytes());
  }

  @Test
  void a_dag_of_every_hash_is_kept_through_a_collection_and_a_restart_and_goes_when_unpinned() {
    List<Block> leaves = HashedBlocks.of(LEAF);
    Block root = document(leaves.stream().map(Block::cid).toList());
    byte[] car = car(root, leaves);
    assertEquals(201, node.add(car).status());
    Block other = document(List.of(root.cid()));
    assertEquals(201, node.add(car(other, with(root, leaves))).status());
    assertEquals(204, node.ask("DELETE /v1/pins/" + other.cid()).status());
    assertEquals(200, node.ask("POST /v1/store/gc").status());
    for (int round = 0; round < 2; round++) {
      assertServed(root);
      leaves.forEach(this::assertServed);
      assertArrayEquals(car, node.ask("GET /ipfs/" + root.cid() + "?format=car").bytes());
      assertEquals(404, node.ask("GET /ipfs/" + other.cid() + "?format=raw").status());
      node.close();
      node = NodeUnderTest.start(dir, "quota=32MiB");
    }
    assertEquals(204, node.ask("DELETE /v1/pins/" + root.cid()).status());
    assertEquals(200, node.ask("POST /v1/store/gc").status());
    for (Block leaf : leaves) {
      assertEquals(404, node.ask("GET /ipfs/" + leaf.cid() + "?format=raw").status());
    }
  }

  @Test
  void a_link_that_is_made_of_the_key_of_another_block_does_not_count_as_that_block() {
    List<Block> leaves = HashedBlocks.of(LEAF);
    Block root = document(leaves.stream().map(Block::cid).toList());
    assertEquals(201, node.add(car(root, leaves)).status());
    byte[] key = root.cid().multihash().key();
    Cid forged = Cid.v1(Multicodec.RAW, Multihash.of(Multicodec.SHA2_256, key));
    WireAnswer refused = node.add(car(document(List.of(forged)), List.of()));
    assertEquals(400, refused.status(), refused::text);
    assertEquals("bad-car", refused.header("Limpet-Error"));
    assertEquals(404, node.ask("GET /ipfs/" + forged + "?format=raw").status());
    assertServed(root);
  }

  @Test
  void a_block_that_does_not_hash_to_its_cid_is_refused() {
    for (Block leaf : HashedBlocks.of(LEAF)) {
      Block wrong = new Block(leaf.cid(), new byte[] {1});
      WireAnswer refused = node.add(SampleDag.car(List.of(leaf.cid()), List.of(wrong)));
      assertEquals(400, refused.status(), refused::text);
    }
  }
}
