package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Multicodec;
import org.junit.jupiter.api.Test;

class InMemoryBlockstoreTest extends BlockstoreContract {
  @Override
  protected Blockstore open(long quotaBytes) {
    return new InMemoryBlockstore(quotaBytes);
  }

  @Test
  void deleting_gives_the_quota_back() {
    try (Blockstore store = open(10)) {
      Block first = Block.of(Multicodec.RAW, new byte[10]);
      store.put(first);
      assertEquals(10, store.storedBytes());
      store.delete(first.cid());
      assertEquals(0, store.storedBytes());
      store.put(Block.of(Multicodec.RAW, new byte[9]));
      assertEquals(9, store.storedBytes());
    }
  }
}
