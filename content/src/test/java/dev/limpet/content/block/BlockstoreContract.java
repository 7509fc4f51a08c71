package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What every {@link Blockstore} does. A store's test extends this. */
public abstract class BlockstoreContract {
  /**
   * An empty store.
   *
   * @param quotaBytes its quota
   * @return the store; the test closes it
   */
  protected abstract Blockstore open(long quotaBytes);

  /**
   * Whether the store keeps to a quota; else another program decides how much it takes.
   *
   * @return true unless a store's test says otherwise
   */
  protected boolean hasQuota() {
    return true;
  }

  /** Whether it takes blocks of every hash function; false where it refuses all but SHA2-256. */
  protected boolean takesEveryHash() {
    return true;
  }

  private static Block block(String text) {
    return Block.of(Multicodec.RAW, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void a_block_put_is_there_until_deleted() {
    try (Blockstore store = open(1 << 20)) {
      Block block = block("limpet");
      assertFalse(store.has(block.cid()));
      assertNull(store.get(block.cid()));
      assertEquals(-1, store.sizeOf(block.cid()));
      store.put(block);
      store.sync();
      assertTrue(store.has(block.cid()));
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      assertEquals(6, store.sizeOf(block.cid()));
      store.delete(block.cid());
      store.delete(block.cid());
      assertFalse(store.has(block.cid()));
      assertNull(store.get(block.cid()));
    }
  }

  @Test
  void what_is_in_memory_is_here() {
    try (Blockstore store = open(1 << 20)) {
      Block block = block("limpet");
      assertFalse(store.isInMemory(block.cid()));
      store.put(block);
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      boolean kept = store.isInMemory(block.cid());
      assertEquals(kept, store.isInMemory(Cid.v0(block.cid().multihash())));
      store.delete(block.cid());
      assertFalse(store.isInMemory(block.cid()));
      assertTrue(store.isInMemory(Cid.v1(Multicodec.RAW, Multihash.identity(new byte[3]))));
    }
  }

  @Test
  void versions_and_codecs_of_one_multihash_are_one_block() {
    try (Blockstore store = open(1 << 20)) {
      Block block = block("shared");
      store.put(block);
      long stored = store.storedBytes();
      Cid v0 = Cid.v0(block.cid().multihash());
      assertArrayEquals(block.bytes(), store.get(v0));
      store.put(new Block(v0, block.bytes()));
      assertEquals(stored, store.storedBytes());
      store.delete(v0);
      assertFalse(store.has(block.cid()));
    }
  }

  @Test
  void blocks_of_every_hash_function_are_kept_each_for_itself() {
    Assumptions.assumeTrue(takesEveryHash(), "this store takes SHA2-256 only");
    try (Blockstore store = open(1 << 20)) {
      byte[] bytes = "many names".getBytes(StandardCharsets.UTF_8);
      List<Block> blocks = HashedBlocks.of(bytes);
      for (Block block : blocks) {
        assertFalse(store.has(block.cid()), block.toString());
        store.put(Block.verified(block.cid(), bytes));
        assertArrayEquals(bytes, store.get(block.cid()), block.toString());
        assertEquals(bytes.length, store.sizeOf(block.cid()));
      }
      Cid gone = blocks.getFirst().cid();
      store.delete(gone);
      for (Block block : blocks) {
        assertEquals(!block.cid().equals(gone), store.has(block.cid()), block.toString());
      }
    }
  }

  @Test
  void a_name_made_of_the_key_of_another_hash_names_nothing() {
    Assumptions.assumeTrue(takesEveryHash(), "this store takes SHA2-256 only");
    try (Blockstore store = open(1 << 20)) {
      for (Block block : HashedBlocks.of(new byte[] {1, 2, 3})) {
        if (block.cid().multihash().isKey()) {
          continue;
        }
        store.put(block);
        byte[] key = block.cid().multihash().key();
        Cid forged = Cid.v1(Multicodec.RAW, Multihash.of(Multicodec.SHA2_256, key));
        assertFalse(store.has(forged));
        assertNull(store.get(forged));
        store.delete(forged);
        assertArrayEquals(block.bytes(), store.get(block.cid()), "still here");
      }
    }
  }

  @Test
  void an_identity_block_is_always_there_and_never_stored() {
    try (Blockstore store = open(1 << 20)) {
      byte[] data = "inline".getBytes(StandardCharsets.UTF_8);
      Cid cid = Cid.v1(Multicodec.RAW, Multihash.identity(data));
      long before = store.storedBytes();
      assertTrue(store.has(cid));
      store.put(new Block(cid, data));
      store.delete(cid);
      assertArrayEquals(data, store.get(cid));
      assertEquals(6, store.sizeOf(cid));
      assertEquals(before, store.storedBytes());
    }
  }

  @Test
  void an_empty_block_is_a_block() {
    try (Blockstore store = open(1 << 20)) {
      Block block = Block.of(Multicodec.RAW, new byte[0]);
      store.put(block);
      assertTrue(store.has(block.cid()));
      assertEquals(0, store.sizeOf(block.cid()));
      assertArrayEquals(new byte[0], store.get(block.cid()));
    }
  }

  @Test
  void a_block_that_does_not_fit_is_refused_and_the_others_stay() {
    try (Blockstore store = open(100_000)) {
      if (!hasQuota()) {
        assertNotEquals(100_000, store.quotaBytes(), "its server has a quota, not the store");
        return;
      }
      Block fits = Block.of(Multicodec.RAW, new byte[60_000]);
      Block tooMuch = Block.of(Multicodec.RAW, new byte[60_001]);
      store.put(fits);
      var refused = assertThrows(QuotaExceededException.class, () -> store.put(tooMuch));
      assertEquals(100_000, refused.quotaBytes());
      assertEquals(100_000, store.quotaBytes());
      assertFalse(store.has(tooMuch.cid()));
      assertTrue(store.has(fits.cid()));
      assertTrue(store.storedBytes() >= 60_000 && store.storedBytes() <= 100_000);
    }
  }

  @Test
  void any_sequence_of_puts_and_deletes_does_what_a_map_does() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Map<Cid, byte[]> expected = new HashMap<>();
    List<Block> known = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(3000)];
      random.nextBytes(bytes);
      known.add(Block.of(Multicodec.RAW, bytes));
    }
    try (Blockstore store = open(8 << 20)) {
      for (int step = 0; step < 3000; step++) {
        Block block = known.get(random.nextInt(known.size()));
        if (random.nextBoolean()) {
          store.put(block);
          expected.put(block.cid(), block.bytes());
        } else {
          store.delete(block.cid());
          expected.remove(block.cid());
        }
        Cid asked = known.get(random.nextInt(known.size())).cid();
        assertArrayEquals(expected.get(asked), store.get(asked));
        assertEquals(expected.containsKey(asked), store.has(asked));
      }
    }
  }

  @Test
  void threads_that_put_read_sync_and_delete_at_once_do_not_disturb_each_other() {
    try (Blockstore store = open(64 << 20);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> workers = new ArrayList<>();
      for (int worker = 0; worker < 8; worker++) {
        int own = worker;
        workers.add(threads.submit(() -> putReadAndDelete(store, own)));
      }
      int kept = 0;
      for (Future<Integer> worker : workers) {
        kept += worker.get();
      }
      assertEquals(8 * 100, kept);
      Cid common = numbered(-1, 7).cid();
      assertArrayEquals(numbered(-1, 7).bytes(), store.get(common));
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static int putReadAndDelete(Blockstore store, int own) {
    for (int i = 0; i < 200; i++) {
      store.put(numbered(own, i));
      store.put(numbered(-1, i % 10)); // The same for all.
      assertArrayEquals(numbered(own, i).bytes(), store.get(numbered(own, i).cid()));
      if (i % 20 == 0) {
        store.sync();
      }
      if (i % 2 == 1) {
        store.delete(numbered(own, i).cid());
      }
    }
    int kept = 0;
    for (int i = 0; i < 200; i++) {
      kept += store.has(numbered(own, i).cid()) ? 1 : 0;
    }
    return kept;
  }

  private static Block numbered(int worker, int number) {
    byte[] bytes = new byte[1000 + number];
    new Random(worker * 1000L + number).nextBytes(bytes);
    return Block.of(Multicodec.RAW, bytes);
  }

  @Test
  void a_closed_store_refuses_and_closes_again_in_silence() {
    Blockstore store = open(1 << 20);
    Block block = block("late");
    store.close();
    store.close();
    assertThrows(StoreFailedException.class, () -> store.put(block));
    assertThrows(StoreFailedException.class, () -> store.get(block.cid()));
  }
}
