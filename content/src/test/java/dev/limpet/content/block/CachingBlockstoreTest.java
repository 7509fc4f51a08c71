package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CachingBlockstoreTest extends BlockstoreContract {
  /** Kept at the first read. */
  private static final int LARGE = CachingBlockstore.MAX_PASSING_BYTES + 1;

  private final AtomicInteger reads = new AtomicInteger();

  @Override
  protected Blockstore open(long quotaBytes) {
    return new CachingBlockstore(new InMemoryBlockstore(quotaBytes), 100_000);
  }

  /** Counts reads and answers a new array each time, as a disk does. */
  private final class CountingStore extends ForwardingStore {
    CountingStore() {
      super(new InMemoryBlockstore());
    }

    @Override
    public byte @Nullable [] get(Cid cid) {
      reads.incrementAndGet();
      byte[] bytes = super.get(cid);
      return bytes == null ? null : bytes.clone();
    }
  }

  private static Block filled(int number, int length) {
    byte[] bytes = new byte[length];
    bytes[0] = (byte) number;
    return Block.of(Multicodec.RAW, bytes);
  }

  @Test
  void a_block_read_twice_is_fetched_once() {
    try (Blockstore store = new CachingBlockstore(new CountingStore(), 100_000)) {
      Block block = filled(1, LARGE);
      store.put(block);
      byte[] first = store.get(block.cid());
      byte[] second = store.get(Cid.v0(block.cid().multihash()));
      assertSame(first, second);
      assertArrayEquals(block.bytes(), first);
      assertEquals(1, reads.get());
    }
  }

  @Test
  void a_small_block_is_kept_when_it_is_read_again() {
    try (Blockstore store = new CachingBlockstore(new ColdStore(), 100_000)) {
      Block block = filled(1, LARGE - 1);
      store.put(block);
      store.get(block.cid());
      assertFalse(store.isInMemory(block.cid()), "after one read");
      byte[] second = store.get(block.cid());
      assertTrue(store.isInMemory(block.cid()), "after two");
      assertSame(second, store.get(block.cid()));
      assertEquals(2, reads.get());
    }
  }

  @Test
  void small_blocks_of_which_each_is_read_rarely_are_not_kept() {
    try (Blockstore store = new CachingBlockstore(new ColdStore(), 4 << 20)) {
      List<Block> blocks = IntStream.range(0, 50_000).mapToObj(i -> numbered(i)).toList();
      blocks.forEach(store::put);
      for (int turn = 0; turn < 2; turn++) {
        for (Block block : blocks) {
          store.get(block.cid());
        }
      }
      long kept = blocks.stream().filter(block -> store.isInMemory(block.cid())).count();
      assertTrue(kept < 20, "of 50000 that were read in turn were kept: " + kept);
    }
  }

  private static Block numbered(int number) {
    return Block.of(Multicodec.RAW, ByteBuffer.allocate(100).putInt(number).array());
  }

  @Test
  void a_block_is_in_memory_when_it_was_read_and_asking_reads_nothing() {
    try (Blockstore below = new ColdStore();
        Blockstore store = new CachingBlockstore(below, 100_000)) {
      Block block = filled(1, LARGE);
      store.put(block);
      assertFalse(store.isInMemory(block.cid()));
      assertEquals(0, reads.get());
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      assertTrue(store.isInMemory(block.cid()));
      assertEquals(1, reads.get());
      for (int i = 2; i < 100; i++) {
        store.put(filled(i, LARGE));
        store.get(filled(i, LARGE).cid());
        boolean _ = store.isInMemory(block.cid());
      }
      assertFalse(store.isInMemory(block.cid()), "asking does not keep it");
    }
  }

  /** Has nothing in memory, as a disk. */
  private final class ColdStore extends ForwardingStore {
    ColdStore() {
      super(new CountingStore());
    }

    @Override
    public boolean isInMemory(Cid cid) {
      return cid.isIdentity();
    }
  }

  @Test
  void an_absent_block_is_asked_for_each_time() {
    try (Blockstore store = new CachingBlockstore(new CountingStore(), 10_000)) {
      Block block = filled(1, 1000);
      assertNull(store.get(block.cid()));
      store.put(block);
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      assertEquals(2, reads.get());
    }
  }

  @Test
  void more_bytes_than_the_cache_may_hold_are_not_held() {
    try (Blockstore store = new CachingBlockstore(new CountingStore(), 8 * (LARGE + 200) + 1)) {
      for (int i = 0; i < 100; i++) {
        store.put(filled(i, LARGE));
        store.get(filled(i, LARGE).cid());
      }
      for (int i = 0; i < 100; i++) {
        store.get(filled(i, LARGE).cid());
      }
      assertTrue(reads.get() >= 192, "there is room for 8: " + reads);
    }
  }

  @Test
  void a_block_bigger_than_the_cache_is_read_each_time() {
    try (Blockstore store = new CachingBlockstore(new CountingStore(), 1000)) {
      Block block = filled(1, LARGE);
      store.put(block);
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      assertEquals(2, reads.get());
    }
  }
}
