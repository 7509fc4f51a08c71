package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EntityBlocksTest {
  private final InMemoryBlockstore blocks = new InMemoryBlockstore(Long.MAX_VALUE);

  private List<Cid> walk(Cid root, ByteSpan span, boolean repeats) {
    List<Cid> found = new ArrayList<>();
    EntityBlocks.walk(blocks, root, span, repeats, found::add);
    return found;
  }

  /** Two equal halves on each level: 2^levels bytes in levels + 1 blocks. */
  private Cid unfolding(int levels) {
    Block leaf = Block.of(Multicodec.RAW, new byte[] {1});
    blocks.put(leaf);
    Cid below = leaf.cid();
    for (int level = 0; level < levels; level++) {
      long half = 1L << level;
      PbLink link = new PbLink(below, "", half);
      byte[] data = UnixFsData.file(2 * half, List.of(half, half)).encode();
      Block node = Block.of(Multicodec.DAG_PB, DagPb.encode(new PbNode(List.of(link, link), data)));
      blocks.put(node);
      below = node.cid();
    }
    return below;
  }

  @Test
  @Tag("long")
  void a_file_that_unfolds_to_exabytes_has_the_few_blocks_that_it_has() {
    Cid root = unfolding(60);
    assertEquals(61, walk(root, ByteSpan.WHOLE, false).size());
    assertEquals(61, walk(root, new ByteSpan(1L << 59, -7), false).size());
    assertThrows(ContentLimitException.class, () -> walk(root, ByteSpan.WHOLE, true));
    assertEquals(31, walk(unfolding(4), ByteSpan.WHOLE, true).size());
  }

  @Test
  void a_range_names_what_reading_it_touches_and_no_other_leaf() throws IOException {
    byte[] bytes = new byte[3_000_000];
    new Random(3).nextBytes(bytes);
    Cid root =
        new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
            .importFile(new ByteArrayInputStream(bytes))
            .cid();
    UnixFsReader reader = new UnixFsReader(blocks);
    UnixFsFile file = (UnixFsFile) reader.entry(root);
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      int from = random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from);
      List<Cid> touched = new ArrayList<>();
      UnixFsReader watched =
          new UnixFsReader(
              cid -> {
                if (!touched.contains(cid)) {
                  touched.add(cid);
                }
                return blocks.get(cid);
              });
      watched.readFully(file, from, new byte[to - from + 1], 0, to - from + 1);
      assertEquals(touched, walk(root, new ByteSpan(from, to), false), from + " to " + to);
      ByteSpan fromEnd = new ByteSpan(from - bytes.length, to - bytes.length);
      assertEquals(touched, walk(root, fromEnd, false), from + " to " + to);
    }
  }

  @Test
  void a_directory_is_its_node_and_a_sharded_one_all_its_shards() {
    Node leaf = new Node(Cid.of(Multicodec.RAW, new byte[] {9}), 1, 1);
    TreeMap<String, Node> children = new TreeMap<>();
    for (int i = 0; i < 9000; i++) {
      children.put("name-of-some-length-" + i, leaf);
    }
    DirectoryLayout layout = new DirectoryLayout(new NodeSink(blocks, UnixFsProfile.V1_2025));
    List<Cid> shards =
        walk(layout.build(children, UnixFsData.Metadata.ABSENT).cid(), ByteSpan.WHOLE, false);
    assertTrue(shards.size() > 200, () -> shards.size() + " shards");
    assertTrue(shards.stream().allMatch(cid -> cid.codec() == Multicodec.DAG_PB));
    Cid flat =
        layout
            .build(
                new TreeMap<>(children.headMap("name-of-some-length-2")),
                UnixFsData.Metadata.ABSENT)
            .cid();
    assertEquals(List.of(flat), walk(flat, new ByteSpan(0, 5), false));
  }
}
