package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.wasmhost.data.DataDirectory;
import dev.limpet.wasmhost.data.DataFile;
import dev.limpet.wasmhost.data.DataLink;
import dev.limpet.wasmhost.data.DataMount;
import dev.limpet.wasmhost.data.DataMountContract;
import dev.limpet.wasmhost.data.DataPage;
import dev.limpet.wasmhost.data.DataUnavailableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixFsMountTest extends DataMountContract {
  private static final int MIB = 1 << 20;

  @TempDir Path dir = Path.of("");

  private final InMemoryBlockstore blocks = new InMemoryBlockstore();

  private static DataMount mount(BlockSource blocks, Cid root) {
    ReadAhead direct = new ReadAhead(blocks, Runnable::run);
    return new UnixFsMount(blocks, new UnixFsReader(blocks).entry(root), direct);
  }

  @Override
  protected DataMount mountOf(Map<String, byte[]> files) {
    try {
      Path top = Files.createTempDirectory(dir, "mount");
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = top.resolve(file.getKey());
        Files.createDirectories(path.resolveSibling("."));
        Files.write(path, file.getValue());
      }
      return mount(blocks, importer().importTree(top, ImportOptions.standard()).cid());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private UnixFsImporter importer() {
    return new UnixFsImporter(blocks, UnixFsProfile.V1_2025);
  }

  @Override
  protected DataMount mountOfFile(byte[] content) {
    return mount(blocks, fileOf(content));
  }

  private Cid fileOf(byte[] content) {
    try {
      return importer().importFile(new ByteArrayInputStream(content)).cid();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A file of a GiB whose leaves are made when they are asked for: each is full of its number, and
   * has the CID of that. A mount believes its source, and hashing a GiB would be most of this test.
   */
  private static final class GeneratedFile implements BlockSource {
    private static final int LEAVES = 1024;

    /**
     * UnixFS: of type file, with a size of a GiB, and that of a leaf, which comes once for each.
     */
    private static final byte[] FILE_OF_A_GIB = {8, 2, 24, -128, -128, -128, -128, 4};

    private static final byte[] LEAF_OF_A_MIB = {32, -128, -128, 64};

    private final Map<Cid, Integer> leaves = new HashMap<>();
    private final byte[] node;
    private final Cid root;

    GeneratedFile() {
      List<PbLink> links = new ArrayList<>();
      ByteBuffer data =
          ByteBuffer.allocate(FILE_OF_A_GIB.length + LEAVES * LEAF_OF_A_MIB.length)
              .put(FILE_OF_A_GIB);
      for (int number = 0; number < LEAVES; number++) {
        Cid leaf = Block.of(Multicodec.RAW, ByteBuffer.allocate(4).putInt(number).array()).cid();
        leaves.put(leaf, number);
        links.add(new PbLink(leaf, "", MIB));
        data.put(LEAF_OF_A_MIB);
      }
      node = DagPb.encode(new PbNode(links, data.array()));
      root = Block.of(Multicodec.DAG_PB, node).cid();
    }

    static byte[] leaf(int number) {
      byte[] bytes = new byte[MIB];
      Arrays.fill(bytes, (byte) number);
      ByteBuffer.wrap(bytes).putInt(number);
      return bytes;
    }

    @Override
    public byte[] get(Cid cid) {
      Integer number = leaves.get(cid);
      if (number != null) {
        return leaf(number);
      }
      assertEquals(root, cid);
      return node;
    }
  }

  @Test
  void four_kib_in_the_middle_of_a_gib_touch_four_blocks_at_most() {
    GeneratedFile file = new GeneratedFile();
    BlockCounter counter = new BlockCounter(file);
    ReadAhead direct = new ReadAhead(file, Runnable::run);
    DataMount mount = new UnixFsMount(counter, new UnixFsReader(file).entry(file.root), direct);
    DataFile data = assertInstanceOf(DataFile.class, mount.root());
    assertEquals(1L << 30, data.size());
    byte[] guest = new byte[3 * 4096];
    data.readFully(512L * MIB - 2048, guest, 4096, 4096);
    assertTrue(counter.blocks() <= 4, () -> counter.blocks() + " blocks");
    assertArrayEquals(new byte[4096], Arrays.copyOf(guest, 4096));
    byte[] expected = Arrays.copyOf(GeneratedFile.leaf(511), 2048);
    Arrays.fill(expected, (byte) 511);
    assertArrayEquals(expected, Arrays.copyOfRange(guest, 4096, 6144));
    assertArrayEquals(
        Arrays.copyOf(GeneratedFile.leaf(512), 2048), Arrays.copyOfRange(guest, 6144, 8192));
    long before = counter.blocks();
    for (int at = 0; at < MIB; at += 4096) {
      data.readFully(512L * MIB + at, guest, 0, 4096);
    }
    assertEquals(before, counter.blocks());
  }

  @Test
  void a_sharded_directory_is_listed_in_order_page_by_page() {
    String stem = "n".repeat(240);
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < 1100; i++) {
      files.put(stem + "%05d".formatted(i * 7 % 1100), new byte[] {(byte) i});
    }
    DataDirectory root = assertInstanceOf(DataDirectory.class, mountOf(files).root());
    List<String> names = new ArrayList<>();
    DataPage page = root.list(null, 300);
    page.entries().forEach(entry -> names.add(entry.name()));
    while (!page.last()) {
      page = root.list(names.getLast(), 300);
      page.entries().forEach(entry -> names.add(entry.name()));
    }
    assertEquals(List.copyOf(files.keySet()), names);
    assertInstanceOf(DataFile.class, root.lookup(stem + "00700"));
  }

  @Test
  void small_reads_that_follow_each_other_ask_for_each_block_once() {
    Cid file = fileOf(new byte[MIB]);
    int[] asked = new int[1];
    BlockSource counted =
        cid -> {
          asked[0]++;
          return blocks.get(cid);
        };
    ReadAhead direct = new ReadAhead(blocks, Runnable::run);
    DataMount mount = new UnixFsMount(counted, new UnixFsReader(blocks).entry(file), direct);
    DataFile data = assertInstanceOf(DataFile.class, mount.root());
    for (int at = 0; at < MIB; at += 512) {
      data.readFully(at, new byte[512], 0, 512);
    }
    assertEquals(1, asked[0]);
  }

  @Test
  void a_block_that_is_missing_ends_the_execution() {
    byte[] content = new byte[3 * MIB];
    content[2 * MIB] = 1;
    Cid root = fileOf(content);
    DataFile data = assertInstanceOf(DataFile.class, mount(blocks, root).root());
    byte[] last = Arrays.copyOfRange(content, 2 * MIB, 3 * MIB);
    blocks.delete(Cid.of(Multicodec.RAW, last));
    data.readFully(0, new byte[10], 0, 10);
    assertThrows(
        DataUnavailableException.class, () -> data.readFully(2 * MIB, new byte[10], 0, 10));
  }

  @Test
  void links_are_links_and_everything_has_the_inode_of_its_content() throws IOException {
    Path top = Files.createDirectory(dir.resolve("links"));
    Files.writeString(top.resolve("file"), "x");
    Files.writeString(top.resolve("same"), "x");
    Files.createSymbolicLink(top.resolve("link"), Path.of("file"));
    Cid root = importer().importTree(top, ImportOptions.standard()).cid();
    DataDirectory directory = assertInstanceOf(DataDirectory.class, mount(blocks, root).root());
    DataLink link = assertInstanceOf(DataLink.class, directory.lookup("link"));
    assertEquals("file", link.target());
    DataFile file = assertInstanceOf(DataFile.class, directory.lookup("file"));
    DataFile same = assertInstanceOf(DataFile.class, directory.lookup("same"));
    assertEquals(file.inode(), same.inode());
    assertEquals(0, file.mtimeSeconds());
    assertEquals(UnixFsMount.inode(root), directory.inode());
  }
}
