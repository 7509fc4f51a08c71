package dev.limpet.node;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarExport;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A DAG that tests add: its root and its CAR. */
record SampleDag(Cid root, InMemoryBlockstore blocks) {
  /** A file of that many bytes, the same for each seed. */
  static SampleDag file(long seed, int size) {
    byte[] bytes = bytes(seed, size);
    InMemoryBlockstore blocks = new InMemoryBlockstore(Long.MAX_VALUE);
    try {
      Cid root =
          new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
              .importFile(new ByteArrayInputStream(bytes))
              .cid();
      return new SampleDag(root, blocks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A directory of files; a name with a slash is in a directory of its own. */
  static SampleDag directory(Path scratch, Map<String, String> files) {
    try {
      Path top = Files.createTempDirectory(scratch, "dag");
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = top.resolve(file.getKey());
        Files.createDirectories(path.resolveSibling("."));
        Files.writeString(path, file.getValue());
      }
      return tree(top);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A directory that is on the disk. */
  static SampleDag tree(Path top) throws IOException {
    InMemoryBlockstore blocks = new InMemoryBlockstore(Long.MAX_VALUE);
    Cid root =
        new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
            .importTree(top, ImportOptions.standard())
            .cid();
    return new SampleDag(root, blocks);
  }

  /** The whole DAG as a CAR. */
  byte[] car() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CarExport.write(blocks, root, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A CAR of these roots and blocks, whatever they are. */
  static byte[] car(List<Cid> roots, List<Block> blocks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CarWriter writer = new CarWriter(out, roots);
      for (Block block : blocks) {
        writer.write(block);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
