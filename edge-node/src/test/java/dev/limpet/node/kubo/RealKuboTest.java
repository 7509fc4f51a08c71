package dev.limpet.node.kubo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.BuiltPeer;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.BlockstoreContract;
import dev.limpet.content.block.CachingBlockstore;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.node.Kubo;
import dev.limpet.node.store.KuboStore;
import dev.limpet.node.store.NodeStore;
import dev.limpet.node.store.SyncRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link KuboBlockstoreTest} shows of a fake, with the daemon of a Kubo 0.43.0. */
@Tag("nightly")
class RealKuboTest extends BlockstoreContract {
  @TempDir private static Path dir = Path.of("");

  private static @Nullable Kubo daemon;

  @BeforeAll
  static void start() throws IOException {
    daemon = Kubo.start(BuiltPeer.kubo(), dir, List.of());
  }

  @AfterAll
  static void stop() {
    if (daemon != null) {
      daemon.close();
    }
  }

  private static KuboAddress address() {
    return new KuboAddress(Objects.requireNonNull(daemon).api(), null);
  }

  private static KuboClient client() {
    return new KuboClient(address(), Duration.ofSeconds(30));
  }

  /** The same Kubo for all tests, empty for each: nothing is pinned when one begins. */
  @Override
  protected Blockstore open(long quotaBytes) {
    KuboClient client = client();
    int removed = 0;
    try (KuboAnswer answer = client.call("repo/gc?quiet=true")) {
      while (answer.next() != null) {
        removed++;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    System.out.println(removed + " blocks of the test before are gone");
    return CachingBlockstore.beforeFar(new KuboBlockstore(client), 1 << 20);
  }

  @Override
  protected boolean hasQuota() {
    return false;
  }

  @Test
  void pins_are_added_listed_and_let_go() throws IOException {
    Block block = Block.of(Multicodec.RAW, new byte[] {1, 2, 3});
    try (Blockstore store = open(0);
        KuboClient client = client()) {
      RpcPins pins = new RpcPins(client);
      assertThrows(KuboException.class, () -> pins.add(block.cid(), "", PinKind.RECURSIVE));
      store.put(block);
      pins.add(block.cid(), "a name & more", PinKind.RECURSIVE);
      KuboPins.Pinned pinned = new KuboPins.Pinned(block.cid(), "a name & more");
      assertTrue(pins.list(PinKind.RECURSIVE).contains(pinned));
      assertFalse(pins.list(PinKind.DIRECT).contains(pinned));
      assertTrue(pins.remove(block.cid()));
      assertFalse(pins.remove(block.cid()));
      assertEquals("0.43.0", pins.version());
    }
  }

  /** Its configuration is told where the gateway listens, for which it had chosen a port. */
  @Test
  void a_block_comes_through_its_gateway_and_one_that_is_not_there_is_not_looked_for()
      throws IOException {
    Block block = Block.of(Multicodec.RAW, new byte[1 << 20]);
    int port = Objects.requireNonNull(daemon).gateway().getPort();
    try (Blockstore store = open(0);
        KuboClient client = client();
        KuboGateway gateway = new KuboGateway(client, Duration.ofSeconds(30))) {
      store.put(block);
      String config = "config?arg=Addresses.Gateway";
      try (KuboAnswer set = client.call(config + "&arg=/ip4/127.0.0.1/tcp/" + port)) {
        assertTrue(set.only().containsKey("Value"));
      }
      assertArrayEquals(block.bytes(), gateway.get(block.cid()));
      assertNull(gateway.get(Cid.of(Multicodec.RAW, new byte[] {7, 7, 7})));
      assertArrayEquals(block.bytes(), gateway.get(block.cid()), "and it is asked on");
    }
  }

  @Test
  void a_file_that_a_node_adds_is_whole_and_pinned_in_the_kubo_and_announced() throws IOException {
    byte[] bytes = new byte[3_000_000];
    new Random(5).nextBytes(bytes);
    KuboStore elsewhere = new KuboStore(address(), Duration.ofMillis(50));
    NodeStore.Quotas quotas = new NodeStore.Quotas(1 << 30, 1 << 26, 1 << 26, 0);
    try (Blockstore blocks = open(0);
        NodeStore store = NodeStore.open(dir.resolve("node"), quotas, SyncRule.ALWAYS, elsewhere)) {
      Cid root =
          new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
              .importFile(new ByteArrayInputStream(bytes))
              .cid();
      try (KuboClient client = client()) {
        new RpcPins(client).add(root, "", PinKind.RECURSIVE);
        Awaitility.await().until(() -> store.holdings().isComplete(root));
        assertEquals(bytes.length, Objects.requireNonNull(store.holdings().get(root)).size());
        Cid leaf = Cid.of(Multicodec.RAW, Arrays.copyOf(bytes, 1 << 20));
        assertArrayEquals(Arrays.copyOf(bytes, 1 << 20), store.data().require(leaf));
        assertTrue(store.kept().unpin(root));
        Awaitility.await().until(() -> store.holdings().get(root) == null);
        assertEquals("kubo 0.43.0", store.backendVersion());
      }
    }
  }
}
