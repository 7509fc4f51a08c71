package dev.limpet.node.http;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.helidon.http.HeaderNames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file or a tree as a tar file, everything below a folder that has the name of its CID. The tree
 * is walked once before the answer begins, so that what is not here, is too much, or would be
 * unpacked elsewhere is a proper error.
 */
final class TarAnswer {
  /** Entries of one tar: a small DAG can name itself again and again. */
  static final int MAX_TAR_ENTRIES = 1_000_000;

  /** Directories within each other; names of a path on most systems. */
  static final int MAX_TAR_DEPTH = 256;

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int PAGE_ENTRIES = 1000;

  private final NodeStore store;
  private final BlockSource data;
  private final UnixFsReader reader;

  TarAnswer(NodeStore store, UnixFsReader reader) {
    this.store = store;
    this.data = store.data();
    this.reader = reader;
  }

  void answer(Asked asked) throws IOException {
    Exchange exchange = asked.exchange();
    Cid cid = asked.cid();
    if (cid.codec() != Multicodec.RAW && cid.codec() != Multicodec.DAG_PB) {
      throw new LimpetException(
          ErrorCode.NOT_ACCEPTABLE, cid + " is no file or directory, and so no tar file");
    }
    if (data.sizeOf(cid) < 0) {
      throw new BlockNotFoundException(cid);
    }
    store.requireWhole(cid);
    new Walk(null).entry(List.of(cid.toString()), cid);
    if (asked.isUnchanged("W/\"" + cid + ".x-tar\"")) {
      return;
    }
    asked.disposition(false, cid + DataFormat.TAR.ending());
    exchange.set(HeaderNames.CONTENT_TYPE, DataFormat.TAR.type());
    if (exchange.isHead()) {
      exchange.answerHead(200, -1);
      return;
    }
    OutputStream out = new BufferedOutputStream(exchange.stream(200, -1), BUFFER_BYTES);
    TarFile tar = new TarFile(out);
    new Walk(new Target(tar, out)).entry(List.of(cid.toString()), cid);
    tar.end();
    out.close();
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
