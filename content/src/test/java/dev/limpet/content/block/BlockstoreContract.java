package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import java.nio.charset.StandardCharsets;
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
  void a_closed_store_refuses_and_closes_again_in_silence() {
    Blockstore store = open(1 << 20);
    Block block = block("late");
    store.close();
    store.close();
    assertThrows(StoreFailedException.class, () -> store.put(block));
    assertThrows(StoreFailedException.class, () -> store.get(block.cid()));
  }
}
