package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.StoreFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Turns files and directories into DAGs. Blocks go to the sink as they are made, leaves before the
 * nodes above them, and are never read back: a sink that drops them makes this a hash function.
 * Holds one chunk, one node's links a level, and the names of the directories on the current path.
 *
 * <p>Not for use by several threads.
 */
public final class UnixFsImporter {
  private final NodeSink nodes;

  /**
   * An importer.
   *
   * @param sink gets every block
   * @param profile decides the CIDs
   */
  public UnixFsImporter(BlockSink sink, UnixFsProfile profile) {
    this(sink, profile, CidRule.USUAL);
  }

  /**
   * An importer with a choice of hash functions, which can put small blocks into their CIDs.
   *
   * @param sink gets every block that is not in its CID
   * @param profile decides the CIDs
   * @param rule decides of what they are made
   * @throws IllegalArgumentException for CIDv0 with another function than SHA2-256
   */
  public UnixFsImporter(BlockSink sink, UnixFsProfile profile, CidRule rule) {
    nodes = new NodeSink(sink, profile, rule);
  }

  /**
   * Imports a stream to its end; it is not closed.
   *
   * @param in the file's bytes
   * @return the root
   * @throws IOException when the stream fails
   */
  public ImportedRoot importFile(InputStream in) throws IOException {
    return root(new FileImport(nodes, _ -> {}).run(in, UnixFsData.Metadata.ABSENT));
  }

  /**
   * Imports a file, or a directory with all below it. Symbolic links inside a directory stay links,
   * unless the options say otherwise; {@code path} itself may be one. With permissions or times
   * kept, leaves are not raw whatever the profile says.
   *
   * @param path file or directory
   * @param options what is taken
   * @return the root
   * @throws dev.limpet.content.block.ContentLimitException when a file is neither file, directory
   *     nor link, has a name that is not UTF-8, changes while it is read, the tree is too deep or
   *     too wide, or a link that is followed leads back
   * @throws StoreFailedException when a file cannot be read
   */
  public ImportedRoot importTree(Path path, ImportOptions options) {
    try {
      return root(new TreeImport(nodes(options), options).root(path.toRealPath()));
    } catch (IOException e) {
      throw new StoreFailedException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  /**
   * Imports a stream to its end; it is not closed. A file that says something about itself has a
   * root that is no raw leaf, whatever the profile says.
   *
   * @param in the file's bytes
   * @param attributes what its root says about it
   * @param progress gets the number of bytes read each time
   * @return the root
   * @throws IOException when the stream fails
   */
  public ImportedRoot importFile(InputStream in, UnixFsAttributes attributes, LongConsumer progress)
      throws IOException {
    return root(new FileImport(nodes, progress).run(in, attributes.metadata()));
  }

  /**
   * Makes a symbolic link.
   *
   * @param target where it points, in bytes of UTF-8
   * @param attributes what it says about itself
   * @return the root
   */
  public ImportedRoot importLink(byte[] target, UnixFsAttributes attributes) {
    UnixFsData data = UnixFsData.symlink(target).with(attributes.metadata());
    return root(nodes.inner(List.of(), data, 0));
  }

  /**
   * Makes a directory over what was imported into the same sink before.
   *
   * @param children by their names
   * @param attributes what it says about itself
   * @return the root
   * @throws dev.limpet.content.block.ContentLimitException when it has too many children
   */
  public ImportedRoot importDirectory(
      Map<String, ImportedRoot> children, UnixFsAttributes attributes) {
    if (children.size() > DirectoryLayout.MAX_DIRECTORY_ENTRIES) {
      throw new ContentLimitException(
          "a directory has more than " + DirectoryLayout.MAX_DIRECTORY_ENTRIES + " entries");
    }
    TreeMap<String, Node> named = new TreeMap<>();
    children.forEach((name, child) -> named.put(name, node(child)));
    return root(new DirectoryLayout(nodes).build(named, attributes.metadata()));
  }

  private static Node node(ImportedRoot root) {
    return new Node(root.cid(), root.dagSize(), root.size());
  }

  private NodeSink nodes(ImportOptions options) {
    return options.metadata().any() ? nodes.withoutRawLeaves() : nodes;
  }

  private static ImportedRoot root(Node node) {
    return new ImportedRoot(node.cid(), node.size(), node.dagSize());
  }
}
