package dev.limpet.node.http;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a file or a tree as a tar file, everything below one name. */
public final class TarTree {
  /** Entries of one tar: a small DAG can name itself again and again. */
  static final int MAX_TAR_ENTRIES = 1_000_000;

  /** Directories within each other; names of a path on most systems. */
  static final int MAX_TAR_DEPTH = 256;

  private static final int PAGE_ENTRIES = 1000;

  private final UnixFsReader reader;

  /** Writes what that reader reads. */
  public TarTree(UnixFsReader reader) {
    this.reader = reader;
  }

  /**
   * Walks the tree and writes nothing, so that what is missing, too much, or would be unpacked
   * elsewhere is known before an answer begins.
   *
   * @throws dev.limpet.content.block.ContentException when it could not be written
   */
  public void check(String name, Cid cid) throws IOException {
    new Walk(null).entry(List.of(name), cid);
  }

  /** Writes the tree under a name, to the end of the tar file; the stream is not closed. */
  public void write(String name, Cid cid, OutputStream out) throws IOException {
    TarFile tar = new TarFile(out);
    new Walk(new Target(tar, out)).entry(List.of(name), cid);
    tar.end();
  }

  private record Target(TarFile tar, OutputStream out) {}

  /** One walk, which writes or only looks. */
  private final class Walk {
    private final @Nullable Target target;
    private int entries;

    Walk(@Nullable Target target) {
      this.target = target;
    }

    void entry(List<String> path, Cid cid) throws IOException {
      if (++entries > MAX_TAR_ENTRIES || path.size() > MAX_TAR_DEPTH) {
        throw new ContentLimitException(
            "a tar file has at most "
                + MAX_TAR_ENTRIES
                + " entries, "
                + MAX_TAR_DEPTH
                + " within each other");
      }
      UnixFsEntry entry = reader.entry(cid);
      if (target != null) {
        write(target, String.join("/", path), entry);
      }
      if (entry instanceof UnixFsDirectory directory) {
        String after = null;
        boolean last = false;
        while (!last) {
          DirectoryPage page = reader.list(directory, after, PAGE_ENTRIES);
          for (DirectoryEntry child : page.entries()) {
            entry(below(path, child.name()), child.cid());
            after = child.name();
          }
          last = page.last();
        }
      }
    }

    private void write(Target to, String name, UnixFsEntry entry) throws IOException {
      switch (entry) {
        case UnixFsFile file -> {
          TarFile.Meta meta = new TarFile.Meta(file.mode(), file.mtimeSeconds());
          to.tar.head(new TarFile.Head(TarFile.Kind.FILE, name, "", file.size(), meta));
          long sent = reader.open(file, 0, file.size()).transferTo(to.out);
          to.tar.pad(sent);
        }
        case UnixFsDirectory directory -> {
          TarFile.Meta meta = new TarFile.Meta(directory.mode(), directory.mtimeSeconds());
          to.tar.head(new TarFile.Head(TarFile.Kind.DIRECTORY, name, "", 0, meta));
        }
        case UnixFsSymlink link ->
            to.tar.head(
                new TarFile.Head(
                    TarFile.Kind.SYMLINK, name, link.target(), 0, new TarFile.Meta(-1, 0)));
      }
    }
  }

  /** A name may be a path of its own, as long as it leads nowhere above the folder. */
  private static List<String> below(List<String> path, String name) {
    List<String> full = new ArrayList<>(path);
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        full.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        full.add(part);
      }
      if (full.isEmpty()) {
        throw new MalformedBlockException(
            "relative UnixFS paths outside the root are not allowed, use CAR instead");
      }
      if (part.indexOf('\0') >= 0) {
        throw new PathNotFoundException("a name has a NUL byte");
      }
    }
    return full;
  }
}
