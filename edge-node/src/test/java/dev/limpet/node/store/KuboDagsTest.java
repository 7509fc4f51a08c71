package dev.limpet.node.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.node.kubo.FakeKubo;
import dev.limpet.node.kubo.KuboAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pins of a Kubo, where there is room for four holdings. */
class KuboDagsTest {
  private static final int ROOM = 4;
  private static final long HEAP = 16L * 200 * ROOM;

  @TempDir private Path dir = Path.of("");

  private final FakeKubo kubo = new FakeKubo();
  private final Holdings holdings = new Holdings(HEAP);
  private @Nullable PackBlockstore pack;
  private @Nullable PinSet pins;
  private @Nullable KuboDags dags;

  KuboDagsTest() throws IOException {}

  @BeforeEach
  void open() {
    PackBlockstore own = PackBlockstore.open(dir.resolve("blocks"), PackOptions.store(1 << 20));
    pack = own;
    PinSet set = PinSet.open(dir.resolve("pins"));
    pins = set;
    KuboStore.Door door =
        new KuboStore(new KuboAddress(kubo.url(), null), Duration.ofMillis(20)).door(1 << 20);
    dags =
        new KuboDags(
            door,
            new LocalBlocks(List.of(door.blocks())),
            new Collector.Parts(own, own, set, holdings, new Intakes()),
            _ -> {});
  }

  private KuboDags dags() {
    return Objects.requireNonNull(dags);
  }

  @AfterEach
  void close() {
    dags().close();
    Objects.requireNonNull(pins).close();
    Objects.requireNonNull(pack).close();
    kubo.close();
  }

  /** A pinned directory with so many files. */
  private Cid pinned(String name, int files) throws IOException {
    Path tree = Files.createDirectory(dir.resolve(name));
    for (int i = 0; i < files; i++) {
      Files.writeString(tree.resolve("file-" + i), content(name, i));
    }
    Cid root =
        new UnixFsImporter(block -> kubo.hold(block.cid(), block.bytes()), UnixFsProfile.KUBO_CIDV1)
            .importTree(tree, ImportOptions.standard())
            .cid();
    kubo.pin(root, name);
    return root;
  }

  private static String content(String name, int file) {
    return name + " " + file;
  }

  private static Cid file(String name, int file) {
    return Block.of(0x55, content(name, file).getBytes(StandardCharsets.UTF_8)).cid();
  }

  @Test
  void a_root_with_more_files_than_a_small_heap_has_room_for_is_announced_alone()
      throws IOException {
    Cid large = pinned("large", ROOM + 2);
    Cid small = pinned("small", ROOM - 2);
    dags().start(Duration.ofMillis(20));
    await().until(() -> holdings.isComplete(large) && holdings.isComplete(small));
    for (int i = 0; i < ROOM + 2; i++) {
      assertFalse(dags().isEntry(file("large", i)));
      assertNull(holdings.get(file("large", i)));
    }
    for (int i = 0; i < ROOM - 2; i++) {
      assertTrue(dags().isEntry(file("small", i)));
      assertTrue(holdings.isComplete(file("small", i)));
    }
  }

  /** The places of the requests that each refresh begins with. */
  private static int[] refreshes(List<String> requests) {
    return IntStream.range(0, requests.size())
        .filter(i -> requests.get(i).contains("pin/ls"))
        .filter(i -> requests.get(i).contains("type=recursive"))
        .toArray();
  }

  @Test
  void a_kubo_whose_pins_cannot_be_read_is_asked_for_a_few_of_them_at_a_time() {
    for (int i = 0; i < 3 * KuboDags.MAX_UNREADABLE_IN_A_ROW; i++) {
      Cid broken = Cid.of(Multicodec.DAG_PB, new byte[] {(byte) i});
      kubo.hold(broken, "other bytes".getBytes(StandardCharsets.UTF_8));
      kubo.pin(broken, "");
    }
    dags().start(Duration.ofMillis(20));
    await().until(() -> refreshes(kubo.requests()).length > 1);
    List<String> requests = new ArrayList<>(kubo.requests());
    int[] begin = refreshes(requests);
    Set<String> asked = new HashSet<>();
    for (String request : requests.subList(begin[0], begin[1])) {
      if (request.contains("block/get")) {
        asked.add(request.lines().findFirst().orElse(""));
      }
    }
    assertEquals(KuboDags.MAX_UNREADABLE_IN_A_ROW, asked.size());
    assertFalse(dags().state().trouble().isEmpty());
  }
}
