package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multibase;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.config.FolderFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code limpet store}, on a folder and on a node that runs. */
class StoreTest {
  @TempDir private Path directory = Path.of("");
  private Path folder = Path.of("");
  private Path flatfs = Path.of("");
  private final Block leaf =
      Block.of(Multicodec.RAW, "a leaf of some bytes".getBytes(StandardCharsets.UTF_8));
  private final Block root =
      Block.of(
          Multicodec.DAG_CBOR,
          DagCbor.encode(new Ipld.ListNode(List.of(new Ipld.LinkNode(leaf.cid())))));
  private RecordingTerminal terminal = new RecordingTerminal();

  @BeforeEach
  void folders() throws IOException {
    folder = Files.createDirectory(directory.resolve("node"));
    FolderFormat.claim(folder, FolderFormat.NODE);
    flatfs = Files.createDirectory(directory.resolve("blocks"));
    Files.writeString(flatfs.resolve("SHARDING"), "/repo/flatfs/shard/v1/next-to-last/2\n");
    kubo(leaf.cid(), leaf.bytes());
    kubo(root.cid(), root.bytes());
  }

  /** As Kubo lays it down. */
  private Path kubo(Cid cid, byte[] bytes) throws IOException {
    String key = Multibase.BASE32.encode(cid.multihash().toBytes()).toUpperCase(Locale.ROOT);
    String shard = key.substring(key.length() - 3, key.length() - 1);
    Path shards = Files.createDirectories(flatfs.resolve(shard));
    return Files.write(shards.resolve(key + ".data"), bytes);
  }

  private int store(String... arguments) {
    terminal = new RecordingTerminal();
    String[] all = new String[arguments.length + 1];
    all[0] = "store";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return terminal.run(all);
  }

  private int onFolder(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--dir";
    all[arguments.length + 1] = folder.toString();
    return store(all);
  }

  private void importFromKubo() {
    String[] command = {"import", "--flatfs", flatfs.toString(), root.cid().toString()};
    assertEquals(0, onFolder(command), () -> terminal.err());
  }

  @Test
  void a_dag_comes_from_kubo_and_goes_out_and_in_again_as_a_car() throws IOException {
    importFromKubo();
    assertTrue(terminal.out().contains("pinned " + root.cid()), terminal.out());
    String car = directory.resolve("a.car").toString();
    assertEquals(0, onFolder("export", root.cid().toString(), "--to", car), terminal.err());
    folder = Files.createDirectory(directory.resolve("other"));
    FolderFormat.claim(folder, FolderFormat.NODE);
    String none = directory.resolve("none.car").toString();
    assertNotEquals(0, onFolder("export", root.cid().toString(), "--to", none));
    assertFalse(Files.exists(Path.of(none)), "a file without its data");
    assertFalse(Files.exists(Path.of(none + ".part")), "half a file");
    assertEquals(0, onFolder("import", car, "--json"), terminal.err());
    assertTrue(terminal.out().contains(root.cid().toString()), terminal.out());
    assertEquals(0, onFolder("stat", "--json"), terminal.err());
    assertTrue(terminal.out().contains("\"blocks\":2"), terminal.out());
    assertTrue(terminal.out().contains("\"pins\":1"), terminal.out());
    assertEquals(0, onFolder("gc"), terminal.err());
    assertTrue(terminal.out().startsWith("deleted 0 blocks"), terminal.out());
  }

  @Test
  void a_flipped_bit_is_found_and_named() throws IOException {
    importFromKubo();
    assertEquals(0, onFolder("verify"), terminal.err());
    assertTrue(terminal.out().startsWith("all is well: 2 blocks"), terminal.out());
    Path segment = folder.resolve("blocks/segment-0000000001.car");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length - 1] ^= 1;
    Files.write(segment, bytes);
    assertEquals(1, onFolder("verify", "--json"), terminal.err());
    assertTrue(terminal.out().contains(leaf.cid().toString()), terminal.out());
    assertEquals(0, onFolder("stat"), terminal.err());
    assertTrue(terminal.out().contains(" 1 pin (1 not whole);"), terminal.out());
    assertEquals(1, onFolder("gc"), terminal.err());
    assertTrue(terminal.err().contains("nothing was collected"), terminal.err());
    assertTrue(terminal.err().contains("add the damaged data again"), terminal.err());
  }

  @Test
  void files_that_cannot_be_read_or_written_are_told_by_what_the_system_says() {
    importFromKubo();
    String none = directory.resolve("none.car").toString();
    assertEquals(2, onFolder("import", none));
    assertTrue(terminal.err().contains("no file " + none), terminal.err());
    String tooLong = directory.resolve("x".repeat(300)).toString();
    assertEquals(2, onFolder("export", root.cid().toString(), "--to", tooLong));
    assertTrue(terminal.err().contains("cannot write " + tooLong), terminal.err());
    assertTrue(terminal.err().contains("name too long"), terminal.err());
  }

  @Test
  void what_kubo_has_wrong_or_not_at_all_is_refused() throws IOException {
    Path file = kubo(leaf.cid(), "something else".getBytes(StandardCharsets.UTF_8));
    String[] command = {"import", "--flatfs", flatfs.toString(), root.cid().toString()};
    assertEquals(2, onFolder(command), terminal.err());
    Files.delete(file);
    assertEquals(5, onFolder(command), terminal.err());
    assertTrue(terminal.err().contains(leaf.cid().toString()), terminal.err());
    Files.writeString(flatfs.resolve("SHARDING"), "/repo/flatfs/shard/v9/any");
    assertEquals(1, onFolder(command), terminal.err());
    assertTrue(terminal.err().contains("SHARDING"), terminal.err());
    assertEquals(0, onFolder("gc"), terminal.err());
  }

  @Test
  void a_folder_that_is_no_nodes_and_a_missing_folder_are_wrong_usage() throws IOException {
    folder = Files.createDirectory(directory.resolve("empty"));
    assertEquals(2, onFolder("stat"));
    assertTrue(terminal.err().contains("not the folder of a node"), terminal.err());
    assertEquals(2, store("import", "--flatfs", flatfs.toString(), root.cid().toString()));
    assertTrue(terminal.err().contains("--dir"), terminal.err());
  }

  @Test
  void a_dag_goes_out_of_a_node_that_runs_and_into_it_as_a_car() throws IOException {
    importFromKubo();
    Path before = directory.resolve("before.car");
    assertEquals(0, onFolder("export", root.cid().toString(), "--to", before.toString()));
    NodeConfig config =
        NodeConfig.load(
            null, Map.of(), List.of("listen=127.0.0.1:0", "dir=" + directory.resolve("running")));
    try (Node node = Node.start(config)) {
      String url = node.url().toString();
      String car = directory.resolve("node.car").toString();
      String cid = root.cid().toString();
      assertEquals(5, store("export", cid, "--node", url, "--to", car), terminal.err());
      assertFalse(Files.exists(Path.of(car)), "a file without its data");
      assertEquals(0, store("import", before.toString(), "--node", url, "--json"), terminal.err());
      assertTrue(terminal.out().contains("\"cid\":\"" + cid), terminal.out());
      assertEquals(0, store("export", cid, "--node", url, "--to", car), terminal.err());
      assertArrayEquals(Files.readAllBytes(before), Files.readAllBytes(Path.of(car)));
      Files.write(before, new byte[] {1, 2, 3});
      assertNotEquals(0, store("import", before.toString(), "--node", url));
      assertTrue(terminal.err().contains("CAR"), terminal.err());
      String[] kubo = {"import", "--flatfs", flatfs.toString(), cid, "--node", url};
      assertEquals(2, store(kubo), terminal.err());
    }
  }

  @Test
  void a_node_that_runs_answers_itself_and_its_folder_is_left_alone() {
    importFromKubo();
    NodeConfig config =
        NodeConfig.load(null, Map.of(), List.of("listen=127.0.0.1:0", "dir=" + folder));
    try (Node node = Node.start(config)) {
      String url = node.url().toString();
      assertEquals(0, store("stat", "--node", url, "--json"), terminal.err());
      assertTrue(terminal.out().contains("\"blocks\":2"), terminal.out());
      assertEquals(0, store("gc", "--node", url), terminal.err());
      assertTrue(terminal.out().startsWith("deleted 0 blocks"), terminal.out());
      assertEquals(2, onFolder("verify"));
      assertTrue(terminal.err().contains("in use by"), terminal.err());
      assertTrue(terminal.err().contains("--node"), terminal.err());
    }
  }

  @Test
  void a_flipped_bit_is_found_by_a_node_that_runs() throws IOException {
    importFromKubo();
    NodeConfig config =
        NodeConfig.load(null, Map.of(), List.of("listen=127.0.0.1:0", "dir=" + folder));
    try (Node node = Node.start(config)) {
      String url = node.url().toString();
      assertEquals(0, store("verify", "--node", url), terminal.err());
      assertTrue(terminal.out().startsWith("all is well: 2 blocks"), terminal.out());
      Path segment = folder.resolve("blocks/segment-0000000001.car");
      byte[] bytes = Files.readAllBytes(segment);
      String leafText = new String(leaf.bytes(), StandardCharsets.ISO_8859_1);
      bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf(leafText)] ^= 1;
      Files.write(segment, bytes);
      assertEquals(1, store("verify", "--node", url), terminal.err());
      assertTrue(terminal.err().contains("damaged: " + leaf.cid()), terminal.err());
      assertTrue(terminal.err().contains("not whole: " + root.cid()), terminal.err());
      assertEquals(0, store("stat", "--node", url, "--json"), terminal.err());
      assertTrue(terminal.out().contains("\"partialPins\":1"), terminal.out());
    }
  }
}
