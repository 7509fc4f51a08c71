package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbNode;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads files and directories over a source of blocks. Sizes that blocks state are compared with
 * what is there; depth and width are bounded; a block that is missing is a {@link
 * BlockNotFoundException}. May be used by several threads.
 */
public final class UnixFsReader {
  private final BlockSource blocks;
  private final FileTree files;
  private final Directories directories;

  /**
   * A reader.
   *
   * @param blocks where blocks come from, verified
   */
  public UnixFsReader(BlockSource blocks) {
    this.blocks = blocks;
    this.files = new FileTree(blocks);
    this.directories = new Directories(blocks);
  }

  /**
   * What a path names; symbolic links are not followed.
   *
   * @param path the path
   * @return file, directory or link
   * @throws PathNotFoundException when a name is not there, or is below something that is no
   *     directory
   */
  public UnixFsEntry resolve(ContentPath path) {
    UnixFsEntry entry = entry(path.root());
    for (String segment : path.segments()) {
      if (!(entry instanceof UnixFsDirectory directory)) {
        throw new PathNotFoundException("there is nothing below a file: no '" + segment + "'");
      }
      DirectoryEntry found = lookup(directory, segment);
      if (found == null) {
        throw new PathNotFoundException(
            "the directory " + directory.cid() + " has no '" + segment + "'");
      }
      entry = entry(found.cid());
    }
    return entry;
  }

  /**
   * What a CID is.
   *
   * @param cid a raw block (a file) or a UnixFS node
   * @return file, directory or link
   * @throws MalformedBlockException when it is neither
   */
  public UnixFsEntry entry(Cid cid) {
    if (cid.codec() == Multicodec.RAW) {
      return rawFile(cid);
    }
    byte[] block = blocks.get(cid);
    if (block == null) {
      throw new BlockNotFoundException(cid);
    }
    if (cid.codec() != Multicodec.DAG_PB) {
      return new UnixFsFile(cid, FileNode.decode(cid, block).size(), 0, -1);
    }
    PbNode node = DagPb.decode(block);
    byte[] message = node.data();
    if (message == null) {
      throw new MalformedBlockException(cid + " is not UnixFS: it has no data");
    }
    UnixFsData data = UnixFsData.decode(message);
    long mtime = data.metadata().mtimeSeconds();
    int mode = data.metadata().mode();
    return switch (data.type()) {
      case RAW, FILE ->
          new UnixFsFile(cid, FileNode.of(cid, node.links(), data).size(), mtime, mode);
      case DIRECTORY, HAMT_SHARD -> new UnixFsDirectory(cid, mtime, mode);
      case SYMLINK -> new UnixFsSymlink(cid, new String(data.data(), StandardCharsets.UTF_8));
      case METADATA ->
          throw new MalformedBlockException(cid + " is of the abandoned type Metadata");
    };
  }

  /** Its size is all there is to know, so that a list of small files reads none of them. */
  private UnixFsFile rawFile(Cid cid) {
    long size = blocks.sizeOf(cid);
    if (size < 0) {
      throw new BlockNotFoundException(cid);
    }
    return new UnixFsFile(cid, size, 0, -1);
  }

  /**
   * Reads bytes of a file; only blocks that overlap the range, and nodes above them, are touched.
   *
   * @param file the file
   * @param position first byte
   * @param target receives {@code length} bytes from {@code offset}
   * @param offset where in target
   * @param length bytes; the range must lie inside the file
   * @throws IndexOutOfBoundsException when it does not
   */
  public void readFully(UnixFsFile file, long position, byte[] target, int offset, int length) {
    cursor().readFully(file, position, target, offset, length);
  }

  /**
   * Where a file that is here in part goes on.
   *
   * @param file the file
   * @param from where to begin to look
   * @return its first byte from there on that is not here, or its size when all of it is
   * @throws ContentLimitException when that cannot be said within {@link
   *     EntityBlocks#MAX_ENTITY_BLOCKS} looks
   */
  public long firstMissing(UnixFsFile file, long from) {
    long missing = files.firstMissing(file.cid(), from, EntityBlocks.MAX_ENTITY_BLOCKS);
    return missing < 0 ? file.size() : missing;
  }

  /** A new cursor, for one thread that reads here and there. */
  public UnixFsCursor cursor() {
    return new UnixFsCursor(files);
  }

  /**
   * A range of a file as a stream; closing it is not needed.
   *
   * @param file the file
   * @param from first byte, 0 to size
   * @param toExclusive the byte behind the last
   * @return the stream; it throws {@link dev.limpet.content.block.ContentException}, not {@link
   *     java.io.IOException}
   */
  public InputStream open(UnixFsFile file, long from, long toExclusive) {
    Objects.checkFromToIndex(from, toExclusive, file.size());
    return new UnixFsFileStream(files, file, from, toExclusive);
  }

  /**
   * Some entries of a directory, sorted by name bytes.
   *
   * @param directory the directory
   * @param afterName the last name of the page before, or null
   * @param limit at least 1
   * @return the page
   * @throws ContentLimitException when the directory is too large to be listed
   */
  public DirectoryPage list(UnixFsDirectory directory, @Nullable String afterName, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page has at least one entry");
    }
    return directories.list(directory.cid(), afterName, limit);
  }

  /**
   * The entry of a name.
   *
   * @param directory the directory
   * @param name the name
   * @return the entry, or null when there is none
   */
  public @Nullable DirectoryEntry lookup(UnixFsDirectory directory, String name) {
    return directories.lookup(directory.cid(), name);
  }

  /**
   * The files and directories below a root, breadth first, the root left out.
   *
   * @param root a file or directory
   * @param limit how many at most
   * @return their CIDs, each once
   */
  public List<Cid> entries(Cid root, int limit) {
    Set<Cid> seen = new HashSet<>(Set.of(root));
    List<Cid> found = new ArrayList<>();
    Deque<UnixFsDirectory> open = new ArrayDeque<>();
    if (entry(root) instanceof UnixFsDirectory directory) {
      open.add(directory);
    }
    while (!open.isEmpty() && found.size() < limit) {
      for (DirectoryEntry child : list(open.remove(), null, limit).entries()) {
        if (found.size() < limit && seen.add(child.cid())) {
          found.add(child.cid());
          if (entry(child.cid()) instanceof UnixFsDirectory below) {
            open.add(below);
          }
        }
      }
    }
    return found;
  }
}
