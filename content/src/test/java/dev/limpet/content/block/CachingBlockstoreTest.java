package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CachingBlockstoreTest extends BlockstoreContract {
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
    try (Blockstore store = new CachingBlockstore(new CountingStore(), 10_000)) {
      Block block = filled(1, 1000);
      store.put(block);
      byte[] first = store.get(block.cid());
      byte[] second = store.get(Cid.v0(block.cid().multihash()));
      assertSame(first, second);
      assertArrayEquals(block.bytes(), first);
      assertEquals(1, reads.get());
    }
  }

  @Test
  void a_block_is_in_memory_when_it_was_read_and_asking_reads_nothing() {
    try (Blockstore below = new ColdStore();
        Blockstore store = new CachingBlockstore(below, 10_000)) {
      Block block = filled(1, 1000);
      store.put(block);
      assertFalse(store.isInMemory(block.cid()));
      assertEquals(0, reads.get());
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      assertTrue(store.isInMemory(block.cid()));
      assertEquals(1, reads.get());
      for (int i = 2; i < 100; i++) {
        store.put(filled(i, 1000));
        store.get(filled(i, 1000).cid());
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
    try (Blockstore store = new CachingBlockstore(new CountingStore(), 10_000)) {
      for (int i = 0; i < 100; i++) {
        store.put(filled(i, 1000));
        store.get(filled(i, 1000).cid());
      }
      for (int i = 0; i < 100; i++) {
        store.get(filled(i, 1000).cid());
      }
      assertTrue(reads.get() >= 192, "10000 bytes hold at most 8 blocks of 1200: " + reads);
    }
  }

  @Test
  void a_block_bigger_than_the_cache_is_read_each_time() {
    try (Blockstore store = new CachingBlockstore(new CountingStore(), 1000)) {
      Block block = filled(1, 2000);
      store.put(block);
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      assertArrayEquals(block.bytes(), store.get(block.cid()));
      assertEquals(2, reads.get());
    }
  }
}
