package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.ipld.PbLink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixFsReaderTest {
  private static final int MIB = 1 << 20;

  private final InMemoryBlockstore store = new InMemoryBlockstore();
  private final NodeSink nodes = new NodeSink(store, UnixFsProfile.V1_2025);
  private final CountingSource counting = new CountingSource(store);
  private final UnixFsReader reader = new UnixFsReader(counting);

  @TempDir private Path directory = Path.of("");

  private UnixFsFile file(byte[] bytes) throws IOException {
    ImportedRoot root =
        new UnixFsImporter(store, UnixFsProfile.V1_2025)
            .importFile(new ByteArrayInputStream(bytes));
    return (UnixFsFile) reader.entry(root.cid());
  }

  /** So many leaves of 1 MiB of zeros below nodes of at most 1024 links; one leaf is stored. */
  private UnixFsFile zeros(int leaves) {
    Node leaf = nodes.part(new byte[MIB]);
    BalancedLayout layout = new BalancedLayout(nodes);
    for (int i = 0; i < leaves; i++) {
      layout.add(leaf);
    }
    return (UnixFsFile) reader.entry(layout.finish(UnixFsData.Metadata.ABSENT).cid());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 17})
  void a_file_is_read_as_it_was_written(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    UnixFsFile file = file(bytes);
    assertEquals(length, file.size());
    byte[] read = new byte[length];
    reader.readFully(file, 0, read, 0, length);
    assertArrayEquals(bytes, read);
    assertArrayEquals(bytes, reader.open(file, 0, length).readAllBytes());
  }

  @Test
  void any_range_holds_the_bytes_of_the_file() throws IOException {
    byte[] bytes = new byte[2 * MIB + 1000];
    Random random = new Random(1);
    random.nextBytes(bytes);
    UnixFsFile file = file(bytes);
    for (int round = 0; round < 200; round++) {
      int from = random.nextInt(bytes.length);
      int to = random.nextInt(from, Math.min(bytes.length, from + MIB + 10)) + 1;
      byte[] read = new byte[to - from + 2];
      reader.readFully(file, from, read, 1, to - from);
      assertArrayEquals(
          Arrays.copyOfRange(bytes, from, to), Arrays.copyOfRange(read, 1, to - from + 1));
      assertArrayEquals(
          Arrays.copyOfRange(bytes, from, to), reader.open(file, from, to).readAllBytes());
    }
  }

  @Test
  void a_range_beyond_the_file_is_refused() throws IOException {
    UnixFsFile file = file(new byte[10]);
    byte[] target = new byte[20];
    for (long[] range : new long[][] {{-1, 1}, {0, 11}, {10, 1}, {Long.MAX_VALUE, 1}, {5, -1}}) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> reader.readFully(file, range[0], target, 0, (int) range[1]));
    }
    assertThrows(IndexOutOfBoundsException.class, () -> reader.open(file, 0, 11));
  }

  @Test
  void four_kibibytes_in_the_middle_of_a_gibibyte_touch_at_most_four_blocks() {
    UnixFsFile file = zeros(1024);
    assertEquals(1L << 30, file.size());
    for (long position : new long[] {(1L << 29) + 5000, (1L << 29) - 2048, (1L << 30) - 4096}) {
      CountingSource touched = new CountingSource(store);
      UnixFsReader fresh = new UnixFsReader(touched);
      UnixFsFile opened = (UnixFsFile) fresh.entry(file.cid());
      fresh.readFully(opened, position, new byte[4096], 0, 4096);
      assertTrue(touched.reads() <= 4, position + " took " + touched.reads() + " blocks");
    }
  }

  @Test
  void reading_on_touches_leaves_only() {
    UnixFsFile file = zeros(1025);
    byte[] buffer = new byte[MIB];
    reader.readFully(file, 0, buffer, 0, MIB);
    int before = counting.reads();
    reader.readFully(file, MIB, buffer, 0, MIB);
    assertEquals(1, counting.reads() - before);
  }

  @Test
  void a_file_whose_leaves_are_one_block_stands_for_more_than_any_disk() {
    Node node = nodes.part(new byte[MIB]);
    for (int level = 0; level < 4; level++) {
      List<PbLink> links = Collections.nCopies(1024, node.link(""));
      long size = node.size() * 1024;
      UnixFsData data = UnixFsData.file(size, Collections.nCopies(1024, node.size()));
      node = nodes.inner(links, data, size);
    }
    UnixFsFile file = (UnixFsFile) reader.entry(node.cid());
    assertEquals(1L << 60, file.size());
    int before = counting.reads();
    reader.readFully(file, (1L << 59) + 12_345, new byte[10], 0, 10);
    assertEquals(5, counting.reads() - before);
  }

  @Test
  void the_size_of_a_small_file_is_known_without_reading_it() throws IOException {
    UnixFsFile small = file(new byte[1000]);
    assertEquals(0, counting.reads());
    assertEquals(1000, small.size());
    Cid missing = Cid.of(Multicodec.RAW, new byte[] {1});
    assertThrows(BlockNotFoundException.class, () -> reader.entry(missing));
  }

  @Test
  void a_tree_is_resolved_by_its_names() throws IOException {
    Files.createDirectories(directory.resolve("2013/é"));
    Files.writeString(directory.resolve("2013/é/01.csv"), "a,b\n");
    Files.writeString(directory.resolve(".hidden"), "x");
    Files.createSymbolicLink(directory.resolve("link"), Path.of("../outside"));
    Cid root =
        new UnixFsImporter(store, UnixFsProfile.V1_2025)
            .importTree(directory, ImportOptions.standard())
            .cid();
    UnixFsEntry found = reader.resolve(new ContentPath(root, List.of("2013", "é", "01.csv")));
    assertEquals(4, assertInstanceOf(UnixFsFile.class, found).size());
    UnixFsEntry link = reader.resolve(ContentPath.parse(root + "/link"));
    assertEquals("../outside", assertInstanceOf(UnixFsSymlink.class, link).target());
    for (String absent : List.of(".hidden", "2014", "2013/é/01.csv/x", "link/x", "2013/E")) {
      assertThrows(
          PathNotFoundException.class,
          () -> reader.resolve(ContentPath.parse(root + "/" + absent)),
          absent);
    }
    assertEquals(4, reader.entries(root, 100).size());
    assertEquals(2, reader.entries(root, 2).size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 9000})
  void pages_of_a_directory_are_sorted_by_bytes_and_leave_nothing_out(int names) {
    TreeMap<String, Node> children = new TreeMap<>();
    Node leaf = nodes.part(new byte[] {1});
    for (int i = 0; i < names; i++) {
      children.put("name-" + Integer.toHexString(i * 7919) + "é", leaf);
    }
    Node root = new DirectoryLayout(nodes).build(children, UnixFsData.Metadata.ABSENT);
    UnixFsDirectory found = assertInstanceOf(UnixFsDirectory.class, reader.entry(root.cid()));
    assertEquals(List.copyOf(children.keySet()), pages(found, 700));
    for (String name : children.keySet().stream().limit(50).toList()) {
      assertEquals(leaf.cid(), Objects.requireNonNull(reader.lookup(found, name)).cid());
    }
    assertNull(reader.lookup(found, "name"));
    assertNull(reader.lookup(found, ""));
  }

  @Test
  @Tag("long")
  void a_directory_that_is_too_large_to_keep_is_listed_page_by_page() {
    TreeMap<String, Node> children = new TreeMap<>();
    Node leaf = nodes.part(new byte[] {1});
    for (int i = 0; i < Directories.MAX_KEPT_ENTRIES + 10; i++) {
      children.put(Integer.toString(i), leaf);
    }
    Node root = new DirectoryLayout(nodes).build(children, UnixFsData.Metadata.ABSENT);
    UnixFsDirectory found = (UnixFsDirectory) reader.entry(root.cid());
    assertEquals(List.copyOf(children.keySet()), pages(found, 10_000));
    DirectoryPage past = reader.list(found, "9999999", 5);
    assertEquals(List.of(), past.entries());
    assertTrue(past.last());
  }

  @Test
  void where_a_file_goes_on_is_found_from_any_byte_of_it() throws IOException {
    byte[] bytes = new byte[5 * MIB];
    new Random(1).nextBytes(bytes);
    UnixFsFile file = file(bytes);
    List<Cid> blocks = new ArrayList<>();
    Dag.walk(store, file.cid(), DagLimits.standard(), (cid, _) -> blocks.add(cid));
    InMemoryBlockstore holed = new InMemoryBlockstore();
    for (int block : new int[] {0, 1, 3, 4}) { // the root, and leaves 0, 2 and 3
      holed.put(new Block(blocks.get(block), store.require(blocks.get(block))));
    }
    UnixFsReader some = new UnixFsReader(holed);
    assertEquals(MIB, some.firstMissing(file, 0));
    assertEquals(MIB + 5, some.firstMissing(file, MIB + 5));
    assertEquals(4 * MIB, some.firstMissing(file, 2 * MIB));
    assertEquals(5 * MIB, some.firstMissing(file, 5 * MIB));
    assertEquals(5 * MIB, reader.firstMissing(file, 0));
    UnixFsFile repeating = zeros(4);
    assertEquals(repeating.size(), reader.firstMissing(repeating, 1));
  }

  private List<String> pages(UnixFsDirectory found, int limit) {
    List<String> names = new ArrayList<>();
    DirectoryPage page = reader.list(found, null, limit);
    page.entries().forEach(entry -> names.add(entry.name()));
    while (!page.last()) {
      page = reader.list(found, names.getLast(), limit);
      page.entries().forEach(entry -> names.add(entry.name()));
    }
    return names;
  }

  @Test
  void names_are_ordered_by_bytes_and_not_by_characters() {
    TreeMap<String, Node> children = new TreeMap<>();
    Node leaf = nodes.part(new byte[] {1});
    List<String> byBytes = List.of("A", "a", "\uff5e", "\ud83d\ude00");
    byBytes.forEach(name -> children.put(name, leaf));
    Node root = new DirectoryLayout(nodes).build(children, UnixFsData.Metadata.ABSENT);
    UnixFsDirectory found = (UnixFsDirectory) reader.entry(root.cid());
    assertEquals(byBytes, pages(found, 3));
  }

  @Test
  void a_page_has_at_least_one_entry() {
    Node root = new DirectoryLayout(nodes).build(new TreeMap<>(), UnixFsData.Metadata.ABSENT);
    UnixFsDirectory found = (UnixFsDirectory) reader.entry(root.cid());
    assertThrows(IllegalArgumentException.class, () -> reader.list(found, null, 0));
  }
}
