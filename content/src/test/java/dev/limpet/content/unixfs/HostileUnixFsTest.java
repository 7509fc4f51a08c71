package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and directories that lie about themselves. */
class HostileUnixFsTest {
  private final InMemoryBlockstore store = new InMemoryBlockstore();
  private final NodeSink nodes = new NodeSink(store, UnixFsProfile.V1_2025);
  private final UnixFsReader reader = new UnixFsReader(store);
  private final Node three = nodes.part(new byte[] {1, 2, 3});

  private Node node(UnixFsData data, PbLink... links) {
    return nodes.inner(List.of(links), data, 0);
  }

  private Cid put(List<PbLink> links, byte[] message) {
    Block block = Block.of(Multicodec.DAG_PB, DagPb.encode(new PbNode(links, message)));
    store.put(block);
    return block.cid();
  }

  private void unreadable(Class<? extends ContentException> why, Cid cid) {
    assertThrows(
        why,
        () -> {
          UnixFsFile file = (UnixFsFile) reader.entry(cid);
          reader.readFully(file, 0, new byte[(int) file.size()], 0, (int) file.size());
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5, 7, Long.MAX_VALUE})
  void a_file_size_that_is_not_the_sum_of_its_parts_is_refused(long claimed) {
    Node file = node(UnixFsData.file(claimed, List.of(3L, 3L)), three.link(""), three.link(""));
    assertThrows(ContentLimitException.class, () -> reader.entry(file.cid()));
  }

  @ParameterizedTest
  @CsvSource({"4,2", "2,4", "6,0", "0,6"})
  void block_sizes_that_lie_about_the_children_are_found_when_these_are_read(long a, long b) {
    Node file = node(UnixFsData.file(6, List.of(a, b)), three.link(""), three.link(""));
    unreadable(ContentLimitException.class, file.cid());
  }

  @Test
  void a_size_for_each_link_and_no_more_is_needed() {
    unreadable(
        MalformedBlockException.class, node(UnixFsData.file(3, List.of()), three.link("")).cid());
    unreadable(MalformedBlockException.class, node(UnixFsData.file(3, List.of(3L))).cid());
  }

  @Test
  void sizes_beyond_any_number_are_refused() {
    List<Long> sizes = List.of(Long.MAX_VALUE, Long.MAX_VALUE);
    Node file = node(UnixFsData.file(-1, sizes), three.link(""), three.link(""));
    unreadable(ContentLimitException.class, file.cid());
  }

  @Test
  void a_tsize_that_lies_changes_nothing() {
    for (long tsize : new long[] {-1, 0, 1, Long.MAX_VALUE}) {
      PbLink link = new PbLink(three.cid(), "a", tsize);
      Cid root = put(List.of(link), UnixFsData.directory().encode());
      UnixFsDirectory directory = assertInstanceOf(UnixFsDirectory.class, reader.entry(root));
      assertEquals(1, reader.list(directory, null, 10).entries().size());
      UnixFsEntry file = reader.resolve(ContentPath.parse(root + "/a"));
      assertEquals(3, assertInstanceOf(UnixFsFile.class, file).size());
      assertEquals(3 + store.sizeOf(root), Dag.stat(store, root).bytes());
    }
  }

  @Test
  void a_file_deeper_than_any_writer_makes_it_is_refused() {
    Node node = three;
    for (int level = 1; level < FileTree.MAX_FILE_DEPTH; level++) {
      node = node(UnixFsData.file(3, List.of(3L)), node.link(""));
    }
    UnixFsFile deepest = (UnixFsFile) reader.entry(node.cid());
    byte[] bytes = new byte[3];
    reader.readFully(deepest, 0, bytes, 0, 3);
    assertEquals(3, bytes[2]);
    unreadable(
        ContentLimitException.class, node(UnixFsData.file(3, List.of(3L)), node.link("")).cid());
  }

  @Test
  void children_without_bytes_are_stepped_over() {
    Node empty = nodes.part(new byte[0]);
    List<PbLink> links = new ArrayList<>(Collections.nCopies(20_000, empty.link("")));
    List<Long> sizes = new ArrayList<>(Collections.nCopies(20_000, 0L));
    links.set(10_000, three.link(""));
    sizes.set(10_000, 3L);
    Node file = nodes.inner(links, UnixFsData.file(3, sizes), 3);
    byte[] bytes = new byte[3];
    reader.readFully((UnixFsFile) reader.entry(file.cid()), 0, bytes, 0, 3);
    assertEquals(3, bytes[2]);
  }

  @Test
  void forty_directories_of_two_equal_children_are_forty_one_blocks() throws IOException {
    Node node = three;
    for (int level = 0; level < 40; level++) {
      PbLink a = new PbLink(node.cid(), "a", 1);
      PbLink b = new PbLink(node.cid(), "b", 1);
      node = node(UnixFsData.directory(), a, b);
    }
    CountingSource counting = new CountingSource(store);
    assertEquals(41, Dag.stat(counting, node.cid()).blocks());
    CarExport.write(counting, node.cid(), new ByteArrayOutputStream());
    assertEquals(40, new UnixFsReader(counting).entries(node.cid(), 1000).size());
    assertTrue(counting.reads() < 400, counting.reads() + " blocks read");
  }

  @Test
  void what_is_missing_of_a_file_is_looked_for_in_a_bounded_time() {
    Node node = three;
    for (int level = 0; level < 50; level++) {
      List<Long> sizes = List.of(node.size(), node.size());
      long size = 2 * node.size();
      PbLink link = new PbLink(node.cid(), "", 1);
      node = nodes.inner(List.of(link, link), UnixFsData.file(size, sizes), size);
    }
    UnixFsFile file = (UnixFsFile) reader.entry(node.cid());
    assertEquals(file.size(), reader.firstMissing(file, 0), "two looks a level");
    FileTree tree = new FileTree(store);
    assertEquals(-1, tree.firstMissing(file.cid(), 0, 101));
    assertThrows(ContentLimitException.class, () -> tree.firstMissing(file.cid(), 0, 100));
    store.delete(three.cid());
    assertEquals(0, new FileTree(store).firstMissing(file.cid(), 0, 101));
  }

  @Test
  void what_is_no_file_is_not_read_as_one() {
    Cid cbor = Cid.v1(Multicodec.DAG_CBOR, three.cid().multihash());
    assertThrows(MalformedBlockException.class, () -> reader.entry(cbor));
    Cid throughCbor =
        put(List.of(new PbLink(cbor, "", 3)), UnixFsData.file(3, List.of(3L)).encode());
    unreadable(MalformedBlockException.class, throughCbor);
    Node directory = node(UnixFsData.directory());
    Cid throughDirectory =
        put(List.of(directory.link("")), UnixFsData.file(3, List.of(3L)).encode());
    unreadable(MalformedBlockException.class, throughDirectory);
  }

  @Test
  void a_missing_leaf_is_a_missing_block_and_not_a_short_file() {
    Cid absent = Cid.of(Multicodec.RAW, new byte[] {9});
    Cid file =
        put(
            List.of(three.link(""), new PbLink(absent, "", 1)),
            UnixFsData.file(4, List.of(3L, 1L)).encode());
    unreadable(BlockNotFoundException.class, file);
  }

  /** Messages of the data field: none, unknown types, cut fields, lengths without end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "08",
        "0803",
        "0806",
        "08ff01",
        "0880808080808080808001",
        "080212ffffffffffffffff7f",
        "08021205aa",
        "080218ffffffffffffffffff01",
        "08022003",
        "1203616263",
        "08020b",
        "08020f",
        "0802f9ffffffffffffffff01",
        "080209aaaa"
      })
  void a_message_that_does_not_parse_is_refused(String hex) {
    Cid cid = put(List.of(), HexFormat.of().parseHex(hex));
    assertThrows(ContentException.class, () -> reader.entry(cid));
    Cid inside = put(List.of(new PbLink(cid, "", 1)), UnixFsData.file(1, List.of(1L)).encode());
    unreadable(ContentException.class, inside);
  }

  @Test
  void a_node_without_data_is_refused() {
    Block block = Block.of(Multicodec.DAG_PB, new byte[0]);
    store.put(block);
    assertThrows(MalformedBlockException.class, () -> reader.entry(block.cid()));
  }

  @Test
  void names_that_climb_can_be_listed_and_not_be_resolved() {
    Cid root =
        put(
            List.of(three.link(""), three.link(".."), three.link("a/b")),
            UnixFsData.directory().encode());
    UnixFsDirectory directory = (UnixFsDirectory) reader.entry(root);
    assertEquals(
        List.of("..", "a/b"),
        reader.list(directory, null, 9).entries().stream().map(DirectoryEntry::name).toList());
    for (String path : List.of("/..", "/a%2fb/", "//", "/./a")) {
      assertThrows(ContentException.class, () -> reader.resolve(ContentPath.parse(root + path)));
    }
  }

  @Test
  void damaged_nodes_end_in_a_refusal_and_never_in_another_exception() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TreeMap<String, Node> names = new TreeMap<>();
    for (int i = 0; i < 7000; i++) {
      names.put("a long name of a file " + i, three);
    }
    Node hamt = new DirectoryLayout(nodes).build(names, UnixFsData.Metadata.ABSENT);
    Node file = node(UnixFsData.file(6, List.of(3L, 3L)), three.link(""), three.link(""));
    Cid tree = put(List.of(file.link("file"), hamt.link("hamt")), UnixFsData.directory().encode());
    int refused = 0;
    for (int round = 0; round < 600; round++) {
      BlockSource damaged = damaged(random, round % 3 == 0 ? 1 : 20);
      try {
        readAll(new UnixFsReader(damaged), tree);
      } catch (ContentException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(refused > 20, "seed " + seed + ": refused " + refused);
  }

  /** One bit is wrong in every so many blocks. */
  private BlockSource damaged(Random random, int every) {
    return cid -> {
      byte[] bytes = store.get(cid);
      if (bytes == null || random.nextInt(every) != 0) {
        return bytes;
      }
      byte[] copy = bytes.clone();
      copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
      return copy;
    };
  }

  private static void readAll(UnixFsReader reader, Cid tree) {
    if (reader.resolve(ContentPath.parse(tree + "/file")) instanceof UnixFsFile file
        && file.size() < 100) {
      reader.readFully(file, 0, new byte[(int) file.size()], 0, (int) file.size());
    }
    if (reader.resolve(ContentPath.parse(tree + "/hamt")) instanceof UnixFsDirectory hamt) {
      reader.lookup(hamt, "a long name of a file 77");
    }
  }
}
