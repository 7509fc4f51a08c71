package dev.limpet.content.car;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.Vectors;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.DagJson;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The CARs that the public conformance tests of gateways load. */
class GatewayFixturesTest {
  @Test
  void every_fixture_is_read_and_written_again_to_the_same_bytes() throws IOException {
    int files = 0;
    int read = 0;
    Path folder = Vectors.folder("gateway-fixtures");
    for (Path file : Vectors.files(folder, ".car")) {
      byte[] car = Vectors.read(file);
      ByteArrayOutputStream copy = new ByteArrayOutputStream();
      CarReader reader = new CarReader(new ByteArrayInputStream(car), CarLimits.unbounded());
      CarWriter writer = new CarWriter(copy, reader.roots());
      List<Block> blocks = new ArrayList<>();
      for (Block block = reader.next(); block != null; block = reader.next()) {
        writer.write(block);
        blocks.add(block);
      }
      assertArrayEquals(car, copy.toByteArray(), file.toString());
      assertTrue(!blocks.isEmpty(), file.toString());
      read += readAll(blocks, reader.roots(), file);
      files++;
    }
    assertEquals(26, files);
    assertTrue(read > 200, "only " + read + " blocks read as what they are");
  }

  /** Reads each block as its codec says, and each file and directory whose blocks are all there. */
  private static int readAll(List<Block> blocks, List<Cid> roots, Path file) {
    InMemoryBlockstore store = new InMemoryBlockstore();
    blocks.forEach(store::put);
    int read = 0;
    for (Block block : blocks) {
      List<Cid> links = Dag.links(block.cid(), block.bytes());
      assertTrue(block.cid().codec() != Multicodec.RAW || links.isEmpty(), file.toString());
      read++;
      if (block.cid().codec() == Multicodec.DAG_CBOR) {
        Ipld value = DagCbor.decode(block.bytes());
        assertArrayEquals(block.bytes(), DagCbor.encode(value), file.toString());
        assertEquals(value, DagJson.decode(DagJson.encode(value)), file.toString());
      } else if (block.cid().codec() == Multicodec.DAG_JSON) {
        Ipld value = DagJson.decode(block.bytes());
        assertEquals(value, DagJson.decode(DagJson.encode(value)), file.toString());
      }
    }
    for (Cid root : roots) {
      if (root.codec() == Multicodec.DAG_PB && Dag.stat(store, root).complete()) {
        readTree(new UnixFsReader(store), root);
      }
    }
    return read;
  }

  private static void readTree(UnixFsReader reader, Cid cid) {
    if (cid.codec() != Multicodec.DAG_PB && cid.codec() != Multicodec.RAW) {
      return; // A directory may name documents.
    }
    switch (reader.entry(cid)) {
      case UnixFsFile file ->
          reader.readFully(file, 0, new byte[(int) file.size()], 0, (int) file.size());
      case UnixFsDirectory directory ->
          reader
              .list(directory, null, Integer.MAX_VALUE)
              .entries()
              .forEach(entry -> readTree(reader, entry.cid()));
      default -> {
        // A link has nothing below it.
      }
    }
  }
}
