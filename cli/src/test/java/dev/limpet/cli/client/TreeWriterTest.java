package dev.limpet.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.CliException;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import dev.limpet.content.unixfs.UnixFsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeWriterTest {
  private final InMemoryBlockstore blocks = new InMemoryBlockstore();

  @TempDir private Path folder = Path.of("");

  private Cid put(long codec, byte[] bytes) {
    Block block = Block.of(codec, bytes);
    blocks.put(block);
    return block.cid();
  }

  /** A few blocks that name a thousand files. */
  private Cid bomb() {
    Cid inside = put(Multicodec.RAW, new byte[] {1});
    for (int level = 0; level < 3; level++) {
      PbLink[] links = new PbLink[10];
      for (int i = 0; i < links.length; i++) {
        links[i] = new PbLink(inside, "n" + i, 1);
      }
      inside =
          put(Multicodec.DAG_PB, DagPb.encode(new PbNode(List.of(links), new byte[] {0x08, 0x01})));
    }
    return inside;
  }

  @Test
  @Tag("long")
  void a_dag_that_names_the_same_folder_again_and_again_ends_at_the_limit() throws IOException {
    UnixFsReader reader = new UnixFsReader(blocks);
    Cid bomb = bomb();
    CliException refused =
        assertThrows(
            CliException.class,
            () ->
                new TreeWriter(reader, false, 500)
                    .write(reader.entry(bomb), folder.resolve("few")));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("more than 500"), refused.getMessage());
    try (var written = Files.walk(folder.resolve("few"))) {
      assertEquals(500, written.count());
    }
    assertEquals(
        1000, new TreeWriter(reader, false).write(reader.entry(bomb), folder.resolve("all")));
  }

  @Test
  void nothing_is_written_where_something_is() throws IOException {
    UnixFsReader reader = new UnixFsReader(blocks);
    Path there = Files.writeString(folder.resolve("there"), "mine");
    Cid file = put(Multicodec.RAW, new byte[] {1});
    assertThrows(
        IOException.class, () -> new TreeWriter(reader, false).write(reader.entry(file), there));
    assertEquals("mine", Files.readString(there));
  }
}
