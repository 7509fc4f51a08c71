package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixFsImporterTest {
  @TempDir private Path directory = Path.of("");

  private final InMemoryBlockstore blocks = new InMemoryBlockstore();
  private final UnixFsImporter importer = new UnixFsImporter(blocks, UnixFsProfile.V1_2025);

  private ImportedRoot importAll() {
    return importer.importTree(directory, ImportOptions.standard());
  }

  @Test
  void a_link_stays_a_link_and_is_not_followed() throws IOException {
    Files.createSymbolicLink(directory.resolve("out"), Path.of("../../etc/passwd"));
    Files.createSymbolicLink(directory.resolve("loop"), directory);
    UnixFsReader reader = new UnixFsReader(blocks);
    UnixFsEntry link = reader.resolve(ContentPath.parse(importAll().cid() + "/out"));
    assertEquals("../../etc/passwd", assertInstanceOf(UnixFsSymlink.class, link).target());
  }

  @Test
  void what_is_hidden_is_taken_when_asked_for() throws IOException {
    Files.writeString(directory.resolve("seen"), "1");
    ImportedRoot without = importAll();
    Files.writeString(directory.resolve(".hidden"), "2");
    assertEquals(without, importAll());
    ImportOptions all = ImportOptions.standard().withHidden(true);
    assertEquals(2, importer.importTree(directory, all).size());
  }

  @Test
  void a_pipe_is_refused_by_name_and_not_waited_for() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    ContentLimitException refusal = assertThrows(ContentLimitException.class, this::importAll);
    assertTrue(refusal.getMessage().contains("pipe is neither"), refusal.getMessage());
  }

  @Test
  void a_name_that_is_not_utf_8_is_refused_and_not_changed() throws Exception {
    String create = "printf x > \"$1/$(printf 'a\\377')\"";
    assertEquals(
        0, new ProcessBuilder("sh", "-c", create, "sh", directory.toString()).start().waitFor());
    ContentLimitException refusal = assertThrows(ContentLimitException.class, this::importAll);
    assertTrue(refusal.getMessage().contains("not UTF-8"), refusal.getMessage());
  }

  @Test
  @Tag("long")
  void a_tree_deeper_than_the_limit_is_refused() throws IOException {
    Path deepest = directory;
    for (int i = 1; i < TreeImport.MAX_IMPORT_DEPTH; i++) {
      deepest = deepest.resolve("d");
    }
    Files.createDirectories(deepest);
    importAll();
    Files.createDirectory(deepest.resolve("d"));
    assertThrows(ContentLimitException.class, this::importAll);
  }

  @Test
  void a_file_that_grows_while_it_is_read_is_refused() throws IOException {
    Path file = directory.resolve("log");
    Files.write(file, new byte[3 << 20]);
    AtomicBoolean grown = new AtomicBoolean();
    ImportOptions growing =
        ImportOptions.standard()
            .withProgress(
                _ -> {
                  if (!grown.getAndSet(true)) {
                    append(file);
                  }
                });
    ContentLimitException refusal =
        assertThrows(ContentLimitException.class, () -> importer.importTree(directory, growing));
    assertTrue(refusal.getMessage().contains("changed while"), refusal.getMessage());
  }

  private static void append(Path file) {
    try {
      Files.write(file, new byte[2 << 20], StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void what_is_not_there_is_an_error_that_names_it() {
    StoreFailedException refusal =
        assertThrows(
            StoreFailedException.class,
            () -> importer.importTree(directory.resolve("no"), ImportOptions.standard()));
    assertTrue(refusal.getMessage().contains("no"), refusal.getMessage());
  }

  @Test
  void a_path_that_is_a_link_is_what_it_points_at_and_progress_counts_bytes() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[(1 << 20) + 1]);
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    AtomicLong read = new AtomicLong();
    ImportedRoot root =
        importer.importTree(link, ImportOptions.standard().withProgress(read::addAndGet));
    assertEquals((1 << 20) + 1, read.get());
    assertEquals(importer.importFile(new ByteArrayInputStream(new byte[(1 << 20) + 1])), root);
  }

  @Test
  void a_stream_of_any_size_is_cut_like_a_file_whose_size_is_known() throws IOException {
    Random random = new Random(7);
    for (int around : new int[] {1, 4 << 10, 16 << 10, 256 << 10, 1 << 20, 2 << 20}) {
      for (int size = around - 1; size <= around + 1; size++) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        ImportedRoot known = importer.importTree(file, ImportOptions.standard());
        assertEquals(size, known.size());
        assertEquals(known, importer.importFile(new ByteArrayInputStream(content)), "of " + size);
        if (size <= 1 << 20) {
          assertEquals(Cid.of(Multicodec.RAW, content), known.cid(), "of " + size);
        }
      }
    }
  }

  @Test
  void a_sink_that_holds_nothing_gets_the_same_blocks_in_two_arrays() throws IOException {
    byte[] content = new byte[10_007];
    new Random(11).nextBytes(content);
    for (FileLayout layout : List.of(FileLayout.balanced(4), FileLayout.trickle(4))) {
      UnixFsProfile profile =
          new UnixFsProfile(1, true, new FixedSize(1000), layout, UnixFsProfile.V1_2025.sharding());
      InMemoryBlockstore kept = new InMemoryBlockstore();
      ImportedRoot root =
          new UnixFsImporter(kept, profile).importFile(new ByteArrayInputStream(content));
      Copying copying = new Copying();
      ImportedRoot again =
          new UnixFsImporter(copying, profile).importFile(new ByteArrayInputStream(content));
      assertEquals(root, again);
      UnixFsReader reader = new UnixFsReader(copying.copies);
      UnixFsFile file = assertInstanceOf(UnixFsFile.class, reader.entry(again.cid()));
      assertArrayEquals(content, reader.open(file, 0, file.size()).readAllBytes());
      assertEquals(kept.storedBytes(), copying.copies.storedBytes());
      assertEquals(2, copying.arrays.size());
    }
  }

  /** Keeps a copy of each block, and takes down in which arrays whole leaves came. */
  private static final class Copying implements BlockSink {
    private final InMemoryBlockstore copies = new InMemoryBlockstore();
    private final Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());

    @Override
    public void put(Block block) {
      copies.put(Block.verified(block.cid(), block.bytes().clone()));
      if (block.bytes().length == 1000) {
        arrays.add(block.bytes());
      }
    }

    @Override
    public boolean holdsNothing() {
      return true;
    }
  }
}
