package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.StoreFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Turns files and directories into DAGs. Blocks go to the sink as they are made, leaves before the
 * nodes above them, and are never read back: a sink that drops them makes this a hash function.
 * Holds one chunk, one node's links a level, and the names of the directories on the current path.
 *
 * <p>Not for use by several threads.
 */
public final class UnixFsImporter {
  /** Directories within directories; file systems allow about this many in one path. */
  static final int MAX_IMPORT_DEPTH = 256;

  /** Size of a stream that does not say it. */
  private static final long UNKNOWN = Long.MAX_VALUE;

  /** What a stream of unknown size gets first: most are small. */
  private static final int FIRST_BYTES = 4096;

  private static final int GROWTH = 4;
  private static final byte[] NOTHING = new byte[0];

  private final BlockSink sink;
  private final UnixFsProfile profile;

  /**
   * An importer.
   *
   * @param sink gets every block
   * @param profile decides the CIDs
   */
  public UnixFsImporter(BlockSink sink, UnixFsProfile profile) {
    this.sink = sink;
    this.profile = profile;
  }

  /**
   * Imports a stream to its end; it is not closed.
   *
   * @param in the file's bytes
   * @return the root
   * @throws IOException when the stream fails
   */
  public ImportedRoot importFile(InputStream in) throws IOException {
    return root(file(in, UNKNOWN, ImportOptions.standard()));
  }

  /**
   * Imports a file, or a directory with all below it. Symbolic links inside a directory stay links;
   * {@code path} itself may be one.
   *
   * @param path file or directory
   * @param options what is taken
   * @return the root
   * @throws ContentLimitException when a file is neither file, directory nor link, has a name that
   *     is not UTF-8, changes while it is read, or the tree is too deep or too wide
   * @throws StoreFailedException when a file cannot be read
   */
  public ImportedRoot importTree(Path path, ImportOptions options) {
    try {
      Path real = path.toRealPath();
      return root(entry(real, 0, options));
    } catch (IOException e) {
      throw new StoreFailedException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private static ImportedRoot root(Node node) {
    return new ImportedRoot(node.cid(), node.size(), node.dagSize());
  }

  private Node entry(Path path, int depth, ImportOptions options) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      byte[] target = Files.readSymbolicLink(path).toString().getBytes(StandardCharsets.UTF_8);
      return Node.inner(sink, List.of(), UnixFsData.symlink(target), 0);
    }
    if (attributes.isDirectory()) {
      return directory(path, depth, options);
    }
    if (attributes.isRegularFile()) {
      return regularFile(path, attributes.size(), options);
    }
    throw new ContentLimitException(path + " is neither a file, a directory nor a symbolic link");
  }

  private Node directory(Path path, int depth, ImportOptions options) throws IOException {
    if (depth == MAX_IMPORT_DEPTH) {
      throw new ContentLimitException(
          path + " is deeper than " + MAX_IMPORT_DEPTH + " directories");
    }
    TreeMap<String, Node> children = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = name(entry);
        if (options.hidden() || !name.startsWith(".")) {
          children.put(name, entry(entry, depth + 1, options));
        }
        if (children.size() > DirectoryLayout.MAX_DIRECTORY_ENTRIES) {
          throw new ContentLimitException(
              path + " has more than " + DirectoryLayout.MAX_DIRECTORY_ENTRIES + " entries");
        }
      }
    }
    return new DirectoryLayout(sink, profile).build(children);
  }

  /** A name of other bytes than UTF-8 would silently become another. */
  private static String name(Path entry) {
    String name = String.valueOf(entry.getFileName());
    String refusal =
        entry.getParent() + " has a name that is not UTF-8: rename it, or set LC_ALL=C.UTF-8";
    try {
      if (!entry.resolveSibling(name).equals(entry)) {
        throw new ContentLimitException(refusal);
      }
    } catch (InvalidPathException e) {
      throw new ContentLimitException(refusal, e);
    }
    return name;
  }

  private Node regularFile(Path path, long size, ImportOptions options) throws IOException {
    Node node;
    try (InputStream in = Files.newInputStream(path)) {
      node = file(in, size, options);
    }
    if (node.size() != size) {
      throw new ContentLimitException(
          path + " changed while it was read: it had " + size + " bytes, then " + node.size());
    }
    return node;
  }

  /** Cuts the stream into leaves; an empty one is one empty leaf. */
  private Node file(InputStream in, long expected, ImportOptions options) throws IOException {
    BalancedLayout layout = new BalancedLayout(sink, profile.width());
    long left = expected;
    byte[] chunk = chunk(in, left == UNKNOWN ? FIRST_BYTES : left, options);
    do {
      layout.add(Node.leaf(sink, chunk));
      left = left == UNKNOWN ? UNKNOWN : Math.max(0, left - chunk.length);
      chunk = chunk(in, left, options);
    } while (chunk.length > 0);
    return layout.finish();
  }

  /**
   * Fresh each time, since the sink may keep it; it begins as large as what is expected to come and
   * grows when more comes. The end of the stream is asked for before there is an array.
   */
  private byte[] chunk(InputStream in, long expected, ImportOptions options) throws IOException {
    int first = in.read();
    if (first < 0) {
      return NOTHING;
    }
    byte[] chunk = new byte[Math.clamp(expected, 1, profile.chunkBytes())];
    int filled = fill(in, chunk, 0, first);
    while (filled == chunk.length && filled < profile.chunkBytes()) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      chunk = Arrays.copyOf(chunk, Math.min(GROWTH * filled, profile.chunkBytes()));
      filled = fill(in, chunk, filled, next);
    }
    options.progress().accept(filled);
    return filled == chunk.length ? chunk : Arrays.copyOf(chunk, filled);
  }

  /** Fills up an array from a place on with an octet that was read and those after it. */
  private static int fill(InputStream in, byte[] chunk, int from, int octet) throws IOException {
    chunk[from] = (byte) octet;
    return from + 1 + in.readNBytes(chunk, from + 1, chunk.length - from - 1);
  }
}
