package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.DagStat;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small DAGs that unfold to very large ones, and directories with names that are none. */
class HostileDagTest {
  private final InMemoryBlockstore store = new InMemoryBlockstore();
  private final NodeSink nodes = new NodeSink(store, UnixFsProfile.V1_2025);
  private final CountingSource counting = new CountingSource(store);
  private final UnixFsReader reader = new UnixFsReader(counting);
  private final Node leaf = nodes.part(new byte[1 << 20]);

  private Node directory(PbLink... links) {
    return nodes.inner(List.of(links), UnixFsData.directory(), 0);
  }

  /** Forty levels of a thousand links to one node each: a thousand to the power of forty. */
  private Node bomb(int levels, int width) {
    Node node = leaf;
    for (int level = 0; level < levels; level++) {
      List<PbLink> links = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        links.add(new PbLink(node.cid(), "%04d".formatted(i), 1));
      }
      node = directory(links.toArray(PbLink[]::new));
    }
    return node;
  }

  @Test
  void a_dag_that_unfolds_to_more_than_exabytes_is_walked_block_by_block() {
    Node root = bomb(40, 1000);
    DagStat stat = Dag.stat(counting, root.cid());
    assertTrue(stat.complete());
    assertEquals(41, stat.blocks());
    assertTrue(counting.reads() <= 41, counting.reads() + " reads");
    assertEquals(40, reader.entries(root.cid(), 1000).size());
  }

  @Test
  void a_file_that_unfolds_to_exabytes_gives_its_size_and_any_byte_of_it() {
    Node node = leaf;
    for (int level = 0; level < 4; level++) {
      List<Long> sizes = Collections.nCopies(1000, node.size());
      long size = node.size() * 1000;
      node =
          nodes.inner(
              Collections.nCopies(1000, new PbLink(node.cid(), "", 1)),
              UnixFsData.file(size, sizes),
              size);
    }
    UnixFsFile file = (UnixFsFile) reader.entry(node.cid());
    assertEquals(1_000_000_000_000L << 20, file.size());
    byte[] bytes = new byte[10];
    reader.readFully(file, file.size() - 10, bytes, 0, 10);
    assertTrue(counting.reads() < 10, counting.reads() + " reads");
    List<Long> sizes = Collections.nCopies(1000, file.size());
    PbLink[] links =
        Collections.nCopies(1000, new PbLink(node.cid(), "", 1)).toArray(PbLink[]::new);
    Node beyond = nodes.inner(List.of(links), UnixFsData.file(-1, sizes), 0);
    assertThrows(ContentLimitException.class, () -> reader.entry(beyond.cid()));
  }

  @Test
  void a_name_of_the_largest_size_is_a_name_and_a_larger_one_is_no_block() {
    String long2 = "n".repeat((2 << 20) - 100);
    Node root = directory(new PbLink(leaf.cid(), long2, 1));
    UnixFsDirectory directory = (UnixFsDirectory) reader.entry(root.cid());
    assertNotNull(reader.lookup(directory, long2));
    assertThrows(ContentLimitException.class, () -> reader.list(directory, null, 1));
    PbLink tooLong = new PbLink(leaf.cid(), "n".repeat(10 << 20), 1);
    assertThrows(ContentLimitException.class, () -> directory(tooLong));
    byte[] block = DagPb.encode(new PbNode(List.of(tooLong), UnixFsData.directory().encode()));
    Cid cid = Cid.of(Multicodec.DAG_PB, block);
    assertThrows(ContentLimitException.class, () -> Block.verified(cid, block));
  }

  @Test
  void names_that_are_listed_are_no_longer_than_any_file_has_and_count_by_their_length() {
    String longest = "n".repeat(Directories.MAX_LISTED_NAME_CHARS);
    for (String name : List.of(longest, longest + "n")) {
      TreeMap<String, Node> children = new TreeMap<>();
      for (int i = 0; i < 1100; i++) {
        children.put("%04d".formatted(i) + name.substring(4), leaf);
      }
      Node root = new DirectoryLayout(nodes).build(children, UnixFsData.Metadata.ABSENT);
      UnixFsDirectory directory = (UnixFsDirectory) reader.entry(root.cid());
      assertNotNull(reader.lookup(directory, "0077" + name.substring(4)));
      if (name.equals(longest)) {
        DirectoryPage page = reader.list(directory, null, 1000);
        assertEquals(1000, page.entries().size());
        String last = page.entries().getLast().name();
        int before = counting.reads();
        assertEquals(100, reader.list(directory, last, 1000).entries().size());
        assertTrue(counting.reads() > before, "too much to be kept");
      } else {
        assertThrows(ContentLimitException.class, () -> reader.list(directory, null, 1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "a/b", "/", "a\u0000b", "../../etc/passwd"})
  void a_name_that_is_no_name_can_be_listed_and_leads_nowhere(String name) {
    Node root = directory(leaf.link(name));
    UnixFsDirectory directory = (UnixFsDirectory) reader.entry(root.cid());
    assertEquals(name, reader.list(directory, null, 1).entries().getFirst().name());
    assertThrows(PathNotFoundException.class, () -> new ContentPath(root.cid(), List.of(name)));
  }

  @Test
  void a_path_is_as_deep_as_its_limit() {
    Node node = leaf;
    for (int level = 0; level < ContentPath.MAX_SEGMENTS; level++) {
      node = directory(node.link("d"));
    }
    List<String> deepest = Collections.nCopies(ContentPath.MAX_SEGMENTS, "d");
    Cid root = node.cid();
    assertEquals(leaf.cid(), reader.resolve(new ContentPath(root, deepest)).cid());
    List<String> deeper = Collections.nCopies(ContentPath.MAX_SEGMENTS + 1, "d");
    assertThrows(PathNotFoundException.class, () -> new ContentPath(root, deeper));
  }

  @Test
  void a_chain_of_directories_is_as_deep_as_a_walk_goes() {
    Node node = leaf;
    for (int level = 1; level < DagLimits.MAX_WALK_DEPTH; level++) {
      node = directory(node.link("d"));
    }
    assertEquals(DagLimits.MAX_WALK_DEPTH, Dag.stat(store, node.cid()).blocks());
    Node deeper = directory(node.link("d"));
    assertThrows(ContentLimitException.class, () -> Dag.stat(store, deeper.cid()));
  }

  @Test
  void more_blocks_than_a_walk_goes_through_are_refused_and_none_is_kept() {
    // Blocks that are made when they are asked for: each has 1000 children that nobody has seen.
    BlockSource endless =
        cid -> {
          List<PbLink> links = new ArrayList<>();
          for (int i = 0; i < 1000; i++) {
            byte[] seed =
                ByteBuffer.allocate(36).put(cid.multihash().digest(), 0, 32).putInt(i).array();
            links.add(new PbLink(Cid.of(Multicodec.DAG_PB, seed), "", 1));
          }
          return DagPb.encode(PbNode.ofLinks(links));
        };
    Set<Cid> visited = new HashSet<>();
    Cid root = Cid.of(Multicodec.DAG_PB, new byte[] {1});
    DagLimits limits = new DagLimits(5000, 3);
    assertThrows(
        ContentLimitException.class,
        () -> Dag.walk(endless, root, limits, (cid, _) -> visited.add(cid)));
    assertThrows(
        ContentLimitException.class,
        () -> Dag.walk(endless, root, DagLimits.standard(), (cid, _) -> visited.add(cid)));
    assertTrue(visited.size() <= 5000 + DagLimits.MAX_PENDING_LINKS, visited.size() + " visited");
  }

  @Test
  @Tag("nightly")
  void a_directory_of_a_million_entries_is_listed_and_one_more_is_refused() {
    Node whole = sharded(Directories.MAX_LISTED_ENTRIES);
    UnixFsDirectory directory = (UnixFsDirectory) reader.entry(whole.cid());
    DirectoryPage page = reader.list(directory, null, 10);
    assertEquals(10, page.entries().size());
    assertNotNull(reader.lookup(directory, "name-77777"));
    assertNull(reader.lookup(directory, "no name"));
    Node more = sharded(Directories.MAX_LISTED_ENTRIES + 1);
    UnixFsDirectory beyond = (UnixFsDirectory) reader.entry(more.cid());
    assertThrows(ContentLimitException.class, () -> reader.list(beyond, null, 10));
    assertNotNull(reader.lookup(beyond, "name-77777"));
  }

  private Node sharded(int entries) {
    TreeMap<String, Node> children = new TreeMap<>();
    Node small = nodes.part(new byte[] {1});
    for (int i = 0; i < entries; i++) {
      children.put("name-" + i, small);
    }
    return new DirectoryLayout(nodes).build(children, UnixFsData.Metadata.ABSENT);
  }

  @Test
  void what_is_no_directory_has_no_entries_however_it_is_asked() {
    UnixFsDirectory lie = new UnixFsDirectory(leaf.cid(), 0, -1);
    assertThrows(MalformedBlockException.class, () -> reader.lookup(lie, "a"));
    assertThrows(MalformedBlockException.class, () -> reader.list(lie, null, 1));
    Objects.requireNonNull(reader.entry(leaf.cid()));
  }
}
