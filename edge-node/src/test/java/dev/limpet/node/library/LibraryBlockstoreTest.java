package dev.limpet.node.library;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.BlockstoreContract;
import dev.limpet.content.block.CachingBlockstore;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.kubo.FakeKubo;
import dev.limpet.node.kubo.KuboAddress;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of stores, wherever the real library is on the class path. */
class LibraryBlockstoreTest extends BlockstoreContract {
  private final FakeKubo kubo = new FakeKubo();

  LibraryBlockstoreTest() throws IOException {
    kubo.refuseGets();
  }

  @BeforeEach
  void needTheLibrary() {
    Assumptions.assumeTrue(
        NewerMethods.arePresent(),
        "on the class path is the fork of 2019: build with -Pjava-ipfs-http-client"
            + " -Djitpack.url=…");
  }

  @AfterEach
  void stop() {
    kubo.close();
  }

  private LibraryClient client() {
    return new LibraryClient(new KuboAddress(kubo.url(), null), Duration.ofSeconds(20));
  }

  @Override
  protected Blockstore open(long quotaBytes) {
    return CachingBlockstore.beforeFar(new LibraryBlockstore(client()), 1 << 20);
  }

  @Override
  protected boolean hasQuota() {
    return false;
  }

  @Override
  protected boolean takesEveryHash() {
    return false;
  }

  @Test
  void a_pinned_block_is_not_removed() {
    Cid cid = kubo.hold(new byte[3]);
    kubo.pin(cid, "");
    try (Blockstore store = open(0)) {
      assertThrows(StoreFailedException.class, () -> store.delete(cid));
    }
  }
}
