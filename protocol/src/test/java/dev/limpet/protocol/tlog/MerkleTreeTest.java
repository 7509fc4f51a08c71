package dev.limpet.protocol.tlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against the leaves and roots that implementations of RFC 6962 share as their vectors. */
class MerkleTreeTest {
  private static final List<String> LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private static final String ORIGIN = "example.com/log";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static StoredLog vectors() {
    StoredLog log = new StoredLog();
    LEAVES.forEach(leaf -> log.add(bytes(leaf)));
    return log;
  }

  private static StoredLog numbers(int count) {
    StoredLog log = new StoredLog();
    for (int i = 0; i < count; i++) {
      log.add(("entry " + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return log;
  }

  @Test
  void a_growing_tree_has_the_roots_of_the_vectors() {
    StoredLog log = new StoredLog();
    assertEquals(ROOTS.getFirst(), hex(log.frontier().root()));
    for (int i = 0; i < LEAVES.size(); i++) {
      log.add(bytes(LEAVES.get(i)));
      assertEquals(ROOTS.get(i + 1), hex(log.frontier().root()));
      assertEquals(i + 1, log.frontier().size());
    }
  }

  @Test
  void a_stored_tree_has_the_roots_of_the_vectors_and_its_frontier_grows_on() {
    StoredLog log = vectors();
    for (int size = 0; size < ROOTS.size(); size++) {
      assertEquals(ROOTS.get(size), hex(new TreeProofs(log).root(size)));
      Frontier again = new Frontier(size, log, (_, _) -> {});
      for (int i = size; i < LEAVES.size(); i++) {
        byte[] part = bytes("ff" + LEAVES.get(i) + "ff");
        again.add(part, 1, part.length - 2);
      }
      assertEquals(ROOTS.getLast(), hex(again.root()));
    }
  }

  @Test
  void a_complete_subtree_has_the_root_of_the_vectors() {
    for (int size = 1; size <= LEAVES.size(); size *= 2) {
      byte[] hashes = new byte[size * TreeHash.BYTES];
      for (int i = 0; i < size; i++) {
        TreeHash.leaf(bytes(LEAVES.get(i))).write(hashes, i * TreeHash.BYTES);
      }
      assertEquals(ROOTS.get(size), hex(TreeHash.root(hashes)));
    }
  }

  private static String hex(TreeHash hash) {
    return HexFormat.of().formatHex(hash.toBytes());
  }

  @Test
  void the_proof_of_the_sixth_of_eight_leaves_is_that_of_the_vectors() {
    assertEquals(
        List.of(
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        new TreeProofs(vectors()).inclusion(5, 8).stream().map(MerkleTreeTest::hex).toList());
  }

  @Test
  void each_leaf_is_proven_in_each_tree_and_in_no_other_place() {
    StoredLog log = numbers(40);
    TreeProofs proofs = new TreeProofs(log);
    for (int size = 1; size <= 40; size++) {
      TreeHash root = proofs.root(size);
      for (int index = 0; index < size; index++) {
        List<TreeHash> proof = proofs.inclusion(index, size);
        TreeHash leaf = TreeHash.leaf(log.entry(index));
        assertEquals(root, ProofCheck.rootOf(leaf, index, size, proof));
        for (int other = 0; other < size; other++) {
          if (other != index) {
            assertNotEquals(root, ProofCheck.rootOf(leaf, other, size, proof));
          }
        }
        List<TreeHash> longer = new ArrayList<>(proof);
        longer.add(root);
        assertNotEquals(root, ProofCheck.rootOf(leaf, index, size, longer));
        if (!proof.isEmpty()) {
          List<TreeHash> shorter = proof.subList(0, proof.size() - 1);
          assertNotEquals(root, ProofCheck.rootOf(leaf, index, size, shorter));
        }
      }
    }
  }

  @Test
  void reordered_proofs_lead_elsewhere() {
    StoredLog log = numbers(13);
    TreeProofs proofs = new TreeProofs(log);
    TreeHash leaf = TreeHash.leaf(log.entry(2));
    List<TreeHash> proof = proofs.inclusion(2, 13);
    assertNotEquals(proofs.root(13), ProofCheck.rootOf(leaf, 2, 13, proof.reversed()));
  }

  @Test
  void each_tree_is_the_beginning_of_each_larger_one() {
    StoredLog log = numbers(40);
    TreeProofs proofs = new TreeProofs(log);
    for (int size = 0; size <= 40; size++) {
      for (int old = 0; old <= size; old++) {
        Checkpoint before = log.checkpoint(ORIGIN, old);
        Checkpoint after = log.checkpoint(ORIGIN, size);
        List<TreeHash> proof = proofs.consistency(old, size);
        assertTrue(ProofCheck.isConsistent(before, after, proof), old + " in " + size);
        assertEquals(old == size, ProofCheck.isConsistent(after, before, proof));
      }
    }
  }

  @Test
  void a_log_that_forked_has_no_proof() {
    StoredLog log = numbers(9);
    StoredLog fork = new StoredLog();
    for (int i = 0; i < 20; i++) {
      fork.add(
          i == 6
              ? new byte[] {1}
              : ("entry " + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    List<TreeHash> proof = new TreeProofs(fork).consistency(9, 20);
    assertFalse(
        ProofCheck.isConsistent(log.checkpoint(ORIGIN, 9), fork.checkpoint(ORIGIN, 20), proof));
    assertTrue(
        ProofCheck.isConsistent(fork.checkpoint(ORIGIN, 9), fork.checkpoint(ORIGIN, 20), proof));
  }

  @Test
  void sizes_near_the_end_of_the_numbers_are_answered_and_not_looped_over() {
    TreeHash leaf = TreeHash.leaf(new byte[0]);
    List<TreeHash> proof = java.util.Collections.nCopies(63, leaf);
    assertNotEquals(leaf, ProofCheck.rootOf(leaf, 0, Long.MAX_VALUE, proof));
    assertEquals(null, ProofCheck.rootOf(leaf, Long.MAX_VALUE, Long.MAX_VALUE, proof));
    Checkpoint huge = new Checkpoint(ORIGIN, Long.MAX_VALUE, leaf);
    assertFalse(ProofCheck.isConsistent(new Checkpoint(ORIGIN, 1L << 62, leaf), huge, proof));
  }

  @Test
  void a_leaf_that_is_not_there_has_no_proof() {
    TreeProofs proofs = new TreeProofs(numbers(3));
    assertThrows(IllegalArgumentException.class, () -> proofs.inclusion(3, 3));
    assertThrows(IllegalArgumentException.class, () -> proofs.consistency(4, 3));
  }

  @Test
  void tiles_have_the_paths_of_the_specification() {
    assertEquals("tile/0/x001/x234/067", new Tile(0, 1_234_067, 256).path());
    assertEquals("tile/1/000.p/17", new Tile(1, 0, 17).path());
    assertEquals("tile/entries/x001/000", new Tile(Tile.ENTRIES, 1000, 256).path());
    assertThrows(IllegalArgumentException.class, () -> new Tile(0, 0, 257));
    assertThrows(IllegalArgumentException.class, () -> new Tile(9, 0, 1));
  }
}
