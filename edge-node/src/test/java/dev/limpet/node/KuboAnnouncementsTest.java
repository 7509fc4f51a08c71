package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.node.kubo.FakeKubo;
import dev.limpet.node.kubo.KuboAddress;
import dev.limpet.node.kubo.KuboPins;
import dev.limpet.node.store.KuboStore;
import dev.limpet.node.store.NodeStore;
import dev.limpet.node.store.SyncRule;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a Kubo's pins a node announces, and when it stops. */
class KuboAnnouncementsTest {
  private static final NodeStore.Quotas QUOTAS = new NodeStore.Quotas(1 << 30, 1 << 26, 1 << 26, 0);

  @TempDir private Path dir = Path.of("");

  private final FakeKubo kubo = new FakeKubo();

  KuboAnnouncementsTest() throws IOException {}

  @AfterEach
  void stop() {
    kubo.close();
  }

  private NodeStore store() {
    KuboAddress address = new KuboAddress(kubo.url(), null);
    return NodeStore.open(
        dir.resolve("node"),
        QUOTAS,
        SyncRule.ALWAYS,
        new KuboStore(address, Duration.ofMillis(20)));
  }

  /** A directory in the Kubo, whose file has a CID of its own. */
  private Cid imported(String name, String shared) throws IOException {
    return imported(name, shared, b -> kubo.hold(b.cid(), b.bytes()));
  }

  private Cid imported(String name, String shared, Consumer<Block> into) throws IOException {
    Path tree = Files.createDirectory(dir.resolve(name));
    Files.writeString(tree.resolve("own.txt"), name);
    Files.writeString(tree.resolve("shared.txt"), shared);
    return new UnixFsImporter(into::accept, UnixFsProfile.KUBO_CIDV1)
        .importTree(tree, ImportOptions.standard())
        .cid();
  }

  private Cid inBoth(InMemoryBlockstore elsewhere) throws IOException {
    return imported(
        "tree",
        "common",
        block -> {
          elsewhere.put(block);
          kubo.hold(block.cid(), block.bytes());
        });
  }

  private static Cid raw(String text) {
    return Block.of(0x55, text.getBytes(StandardCharsets.UTF_8)).cid();
  }

  @Test
  void what_the_kubo_pins_is_announced_and_what_it_lets_go_is_not() throws IOException {
    Cid first = imported("first", "common");
    Cid second = imported("second", "common");
    kubo.pin(first, "one");
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> store.holdings().isComplete(first));
      Holding root = Objects.requireNonNull(store.holdings().get(first));
      assertEquals(HoldingKind.ROOT, root.kind());
      assertEquals("first".length() + "common".length(), root.size());
      assertTrue(store.holdings().isComplete(raw("common")));
      assertNull(store.holdings().get(second));
      kubo.pin(second, "");
      Awaitility.await().until(() -> store.holdings().isComplete(second));
      kubo.unpin(first);
      Awaitility.await().until(() -> store.holdings().get(first) == null);
      Awaitility.await().until(() -> store.holdings().get(raw("first")) == null);
      Awaitility.await().until(() -> store.holdings().isComplete(raw("common")));
      assertEquals(1, store.kept().pins().size());
      Awaitility.await().until(() -> store.trouble() == null);
    }
  }

  @Test
  void what_is_in_a_dag_of_the_kubo_stays_announced_when_the_node_collects_in_its_own_folder()
      throws IOException {
    Cid tree = imported("tree", "common");
    kubo.pin(tree, "");
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> store.holdings().isComplete(tree));
      store.collect();
      assertTrue(store.holdings().isComplete(raw("tree")));
      assertTrue(store.holdings().isComplete(raw("common")));
      kubo.unpin(tree);
      Awaitility.await().until(() -> store.holdings().get(tree) == null);
      assertNull(store.holdings().get(raw("common")));
    }
  }

  @Test
  void a_root_that_the_kubo_lets_go_stays_announced_as_a_part_of_another() throws IOException {
    Cid tree = imported("tree", "common");
    Cid part = raw("common");
    kubo.pin(tree, "");
    kubo.pin(part, "");
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> store.holdings().isComplete(tree));
      Awaitility.await().until(() -> kindOf(store, part) == HoldingKind.ROOT);
      kubo.unpin(part);
      Awaitility.await().until(() -> kindOf(store, part) == HoldingKind.ENTRY);
    }
  }

  private static @Nullable HoldingKind kindOf(NodeStore store, Cid cid) {
    Holding holding = store.holdings().get(cid);
    return holding == null ? null : holding.kind();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_both_the_node_and_the_kubo_pin_stays_announced_when_the_kubo_lets_it_go(boolean told)
      throws IOException {
    InMemoryBlockstore elsewhere = new InMemoryBlockstore();
    Cid tree = inBoth(elsewhere);
    try (NodeStore alone = NodeStore.open(dir.resolve("node"), QUOTAS)) {
      assertEquals(tree, alone.kept().addFrom(elsewhere, tree, _ -> {}).root());
    }
    Cid other = imported("other", "common");
    kubo.pin(tree, "");
    kubo.pin(other, "");
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> store.kept().pins().size() == 2);
      Awaitility.await().until(() -> store.holdings().isComplete(other));
      if (told) {
        assertTrue(store.kept().unpin(tree));
      } else {
        kubo.unpin(tree);
      }
      kubo.unpin(other);
      Awaitility.await().until(() -> store.holdings().get(raw("other")) == null);
      assertEquals(HoldingKind.ROOT, kindOf(store, tree));
      assertTrue(store.holdings().isComplete(tree));
      Awaitility.await().until(() -> store.holdings().isComplete(raw("common")));
    }
  }

  @Test
  void a_root_of_which_the_node_pins_one_block_is_not_whole_when_the_kubo_lets_it_go()
      throws IOException {
    InMemoryBlockstore elsewhere = new InMemoryBlockstore();
    Cid tree = inBoth(elsewhere);
    try (NodeStore alone = NodeStore.open(dir.resolve("node"), QUOTAS)) {
      alone.fetched().sink().put(new Block(tree, elsewhere.require(tree)));
      assertEquals(PinKind.DIRECT, alone.kept().pinDirect(tree, "").kind());
    }
    kubo.pin(tree, "");
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> store.holdings().isComplete(tree));
      kubo.unpin(tree);
      Awaitility.await().until(() -> !store.holdings().isComplete(tree));
      assertEquals(HoldingKind.ROOT, kindOf(store, tree));
    }
  }

  @Test
  void a_pinned_dag_that_is_damaged_is_announced_as_not_whole_and_others_are_served()
      throws IOException {
    Cid gone = kubo.hold(new byte[5]);
    Cid here = kubo.hold(new byte[6]);
    kubo.pin(gone, "");
    kubo.pin(here, "");
    kubo.lose(gone);
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> store.holdings().isComplete(here));
      Awaitility.await().until(() -> store.holdings().get(gone) != null);
      assertFalse(store.holdings().isComplete(gone));
    }
  }

  @Test
  void pins_that_cannot_be_read_keep_none_behind_them_from_being_announced() {
    byte[] others = new byte[9];
    List<Cid> broken =
        List.of(Cid.of(Multicodec.DAG_PB, new byte[1]), Cid.of(Multicodec.DAG_PB, new byte[2]));
    for (Cid each : broken) {
      kubo.hold(each, others);
      kubo.pin(each, "");
    }
    List<Cid> good = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      good.add(kubo.hold(("good " + i).getBytes(StandardCharsets.UTF_8)));
      kubo.pin(good.getLast(), "");
    }
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> good.stream().allMatch(store.holdings()::isComplete));
      assertTrue(broken.stream().allMatch(each -> store.holdings().get(each) == null));
      Awaitility.await().until(() -> store.trouble() != null);
    }
  }

  @Test
  void what_the_kubo_lets_go_stays_announced_where_the_nodes_own_pins_have_it() throws Exception {
    InMemoryBlockstore elsewhere = new InMemoryBlockstore();
    Cid tree = imported("tree", "common", elsewhere::put);
    try (NodeStore alone = NodeStore.open(dir.resolve("node"), QUOTAS)) {
      assertEquals(tree, alone.kept().addFrom(elsewhere, tree, _ -> {}).root());
    }
    Cid other = imported("other", "common");
    kubo.pin(other, "");
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> store.holdings().isComplete(other));
      assertTrue(store.holdings().isComplete(raw("common")));
      kubo.unpin(other);
      Awaitility.await().until(() -> store.holdings().get(raw("other")) == null);
      Awaitility.await().until(() -> store.holdings().isComplete(raw("common")));
    }
  }

  /** A hundred thousand pins of single blocks, which are not announced and so cost little. */
  @Test
  @Tag("nightly")
  void more_pins_than_are_taken_over_are_told_to_the_owner_and_no_more_are_made() {
    for (int i = 0; i < KuboPins.MAX_KUBO_PINS; i++) {
      kubo.pinAlone(raw("pin " + i));
    }
    Cid root = kubo.hold(new byte[5]);
    try (NodeStore store = store()) {
      Awaitility.await().until(() -> store.trouble() == null);
      assertThrows(ContentLimitException.class, () -> store.kept().pin(root, ""));
      kubo.pin(root, "");
      Awaitility.await().until(() -> store.trouble() != null);
      String trouble = String.valueOf(store.trouble());
      assertTrue(trouble.contains("more than 100000 pins"), trouble);
      kubo.unpin(root);
      Awaitility.await().until(() -> store.trouble() == null);
    }
  }
}
