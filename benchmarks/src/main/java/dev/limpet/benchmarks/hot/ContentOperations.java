package dev.limpet.benchmarks.hot;

import static java.util.Objects.requireNonNull;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.UnixFsCursor;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.content.unixfs.UnixFsReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** CIDs, blocks and files. */
final class ContentOperations implements AutoCloseable {
  private static final int BLOCKS = 64;
  private static final int BLOCK_BYTES = 4096;
  private static final int FILE_BYTES = 8 << 20;
  private static final int IMPORTED_BYTES = 256 << 10;
  private static final long QUOTA = 64 << 20;

  /** From one read to the next: not a whole block, so that some go across two. */
  private static final int STRIDE = 63 << 10;

  private final PackBlockstore store;
  private final List<Cid> cids = new ArrayList<>();
  private int turn;

  private ContentOperations(PackBlockstore store) {
    this.store = store;
  }

  static ContentOperations open(Path folder) throws IOException {
    Files.createDirectories(folder);
    ContentOperations operations =
        new ContentOperations(PackBlockstore.open(folder, PackOptions.store(QUOTA)));
    Random random = new Random(1);
    for (int i = 0; i < BLOCKS; i++) {
      Block block = Block.of(Multicodec.RAW, bytes(random, BLOCK_BYTES));
      operations.store.put(block);
      operations.cids.add(block.cid());
    }
    return operations;
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  List<HotOperation> all() throws IOException {
    return List.of(parse(), get(), rangeRead(), importFile());
  }

  private HotOperation parse() {
    String text = cids.getFirst().toString();
    return new HotOperation("cid-parse", Yardstick.WORDS, 4000, () -> Cid.parse(text));
  }

  private HotOperation get() {
    return new HotOperation(
        "block-get", Yardstick.SHA_256, 300, () -> requireNonNull(store.get(next())));
  }

  private Cid next() {
    turn = (turn + 1) % BLOCKS;
    return cids.get(turn);
  }

  private static HotOperation rangeRead() throws IOException {
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    byte[] content = bytes(new Random(2), FILE_BYTES);
    Cid root =
        new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
            .importFile(new ByteArrayInputStream(content))
            .cid();
    UnixFsReader reader = new UnixFsReader(blocks);
    UnixFsFile file = (UnixFsFile) reader.entry(root);
    UnixFsCursor cursor = reader.cursor();
    byte[] target = new byte[BLOCK_BYTES];
    return new HotOperation(
        "range-reads",
        Yardstick.WORDS,
        100,
        () -> {
          for (long position = 0; position <= FILE_BYTES - BLOCK_BYTES; position += STRIDE) {
            cursor.readFully(file, position, target, 0, BLOCK_BYTES);
          }
          return target;
        });
  }

  private static HotOperation importFile() {
    byte[] content = bytes(new Random(3), IMPORTED_BYTES);
    return new HotOperation("import", Yardstick.SHA_256, 6, () -> imported(content));
  }

  private static Object imported(byte[] content) {
    try {
      return new UnixFsImporter(_ -> {}, UnixFsProfile.V1_2025)
          .importFile(new ByteArrayInputStream(content));
    } catch (IOException e) {
      throw new UncheckedIOException("an array cannot fail", e);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
