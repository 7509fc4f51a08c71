package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Sha256;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsCursor;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.wasmhost.data.DataDirectory;
import dev.limpet.wasmhost.data.DataEntry;
import dev.limpet.wasmhost.data.DataFile;
import dev.limpet.wasmhost.data.DataLink;
import dev.limpet.wasmhost.data.DataMount;
import dev.limpet.wasmhost.data.DataNode;
import dev.limpet.wasmhost.data.DataPage;
import dev.limpet.wasmhost.data.DataUnavailableException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory as one guest reads it: its reads become reads of blocks, straight into the
 * guest's memory. What the guest has not touched is never read; of what it has, inner nodes and the
 * one block that was read last are kept.
 *
 * <p>A guest's inode is the first 8 bytes, big-endian, of the SHA-256 of the CID (version 1,
 * binary), so that it depends on the content alone.
 *
 * <p>A block that is missing or broken is a {@link DataUnavailableException}, which ends the
 * Execution. Used by one guest.
 */
public final class UnixFsMount implements DataMount {
  private final UnixFsReader reader;
  private final UnixFsCursor cursor;
  private final UnixFsEntry root;
  private final ReadAhead ahead;

  /**
   * A mount that reads ahead.
   *
   * @param blocks verified, for several threads
   * @param root a file or a directory
   */
  public static UnixFsMount of(BlockSource blocks, UnixFsEntry root) {
    AheadBlocks ahead = new AheadBlocks(blocks);
    return of(ahead, ahead, root);
  }

  /**
   * The same where more than its reads is wanted of a guest's blocks.
   *
   * @param blocks verified, those in {@code ahead} among them; every get counts as a touch
   * @param ahead holds what is read ahead
   * @param root a file or a directory
   */
  static UnixFsMount of(BlockSource blocks, AheadBlocks ahead, UnixFsEntry root) {
    return new UnixFsMount(
        blocks, root, new ReadAhead(ahead.filling(), Thread::startVirtualThread));
  }

  /**
   * Mounts what a path was resolved to.
   *
   * @param blocks verified; every get counts as a touch
   * @param root a file or a directory
   * @param ahead is told what was read
   */
  UnixFsMount(BlockSource blocks, UnixFsEntry root, ReadAhead ahead) {
    this.reader = new UnixFsReader(blocks);
    this.cursor = reader.cursor();
    this.root = root;
    this.ahead = ahead;
  }

  @Override
  public DataNode root() {
    return node(root);
  }

  private DataNode node(UnixFsEntry entry) {
    return switch (entry) {
      case UnixFsFile file -> new MountedFile(file);
      case UnixFsDirectory directory -> new MountedDirectory(directory);
      case UnixFsSymlink link -> new MountedLink(link);
    };
  }

  static long inode(Cid cid) {
    return ByteBuffer.wrap(Sha256.of(cid.toV1().toBytes())).getLong();
  }

  private static <T> T available(Supplier<T> read) {
    try {
      return read.get();
    } catch (ContentException e) {
      throw new DataUnavailableException("the data cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether a path can have this name; others are in a directory only to mislead. */
  private static boolean isName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.indexOf('/') < 0
        && name.indexOf('\0') < 0;
  }

  private final class MountedFile implements DataFile {
    private final UnixFsFile file;

    MountedFile(UnixFsFile file) {
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) {
      try {
        cursor.readFully(file, position, target, offset, length);
        ahead.read(file, position, length, cursor.endOfLastBlock());
      } catch (ContentException e) {
        throw new DataUnavailableException("the data cannot be read: " + e.getMessage(), e);
      }
    }

    @Override
    public long inode() {
      return UnixFsMount.inode(file.cid());
    }

    @Override
    public long mtimeSeconds() {
      return Math.max(0, file.mtimeSeconds());
    }
  }

  private final class MountedDirectory implements DataDirectory {
    private final UnixFsDirectory directory;

    MountedDirectory(UnixFsDirectory directory) {
      this.directory = directory;
    }

    @Override
    public @Nullable DataNode lookup(String name) {
      if (!isName(name)) {
        return null;
      }
      DirectoryEntry found = available(() -> reader.lookup(directory, name));
      return found == null ? null : node(available(() -> reader.entry(found.cid())));
    }

    @Override
    public DataPage list(@Nullable String afterName, int limit) {
      String after = afterName;
      while (true) {
        String from = after;
        DirectoryPage page = available(() -> reader.list(directory, from, limit));
        List<DataEntry> entries = new ArrayList<>(page.entries().size());
        for (DirectoryEntry entry : page.entries()) {
          after = entry.name();
          if (isName(entry.name())) {
            Cid cid = entry.cid();
            entries.add(new DataEntry(entry.name(), UnixFsMount.inode(cid), kind(cid)));
          }
        }
        if (!entries.isEmpty() || page.last()) {
          return new DataPage(entries, page.last());
        }
      }
    }

    /** A raw block is a file; what else is, its own block says. */
    private DataEntry.Kind kind(Cid cid) {
      if (cid.codec() == Multicodec.RAW) {
        return DataEntry.Kind.FILE;
      }
      return switch (available(() -> reader.entry(cid))) {
        case UnixFsFile _ -> DataEntry.Kind.FILE;
        case UnixFsDirectory _ -> DataEntry.Kind.DIRECTORY;
        case UnixFsSymlink _ -> DataEntry.Kind.LINK;
      };
    }

    @Override
    public long inode() {
      return UnixFsMount.inode(directory.cid());
    }

    @Override
    public long mtimeSeconds() {
      return Math.max(0, directory.mtimeSeconds());
    }
  }

  private record MountedLink(UnixFsSymlink link) implements DataLink {
    @Override
    public String target() {
      return link.target();
    }

    @Override
    public long inode() {
      return UnixFsMount.inode(link.cid());
    }

    @Override
    public long mtimeSeconds() {
      return 0;
    }
  }
}
