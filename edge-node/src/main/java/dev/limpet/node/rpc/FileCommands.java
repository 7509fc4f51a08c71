package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import dev.limpet.node.http.TarTree;
import dev.limpet.node.store.Holdings;
import dev.limpet.node.store.NodeStore;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** {@code cat} and {@code get}: what files hold. */
final class FileCommands {
  /** Files of one {@code cat}. */
  static final int MAX_CAT_FILES = 256;

  private static final int PIECE_BYTES = 256 << 10;
  private static final int BEST_COMPRESSION = 9;

  private final BlockSource data;
  private final Holdings holdings;
  private final UnixFsReader reader;
  private final RpcPaths paths;
  private final TarTree tree;
  private final ReadAheads aheads;

  FileCommands(NodeStore store, UnixFsReader reader, RpcPaths paths, ReadAheads aheads) {
    this.holdings = store.holdings();
    this.aheads = aheads;
    this.data = store.data();
    this.reader = reader;
    this.paths = paths;
    this.tree = new TarTree(reader);
  }

  /** What can be read. */
  private interface Source {
    long size();

    InputStream open(long from, long toExclusive);
  }

  private record FileBytes(UnixFsReader reader, UnixFsFile file) implements Source {
    @Override
    public long size() {
      return file.size();
    }

    @Override
    public InputStream open(long from, long toExclusive) {
      return reader.open(file, from, toExclusive);
    }
  }

  /** A link is read as the path in it. */
  private record LinkBytes(String target) implements Source {
    private byte[] bytes() {
      return target.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long size() {
      return bytes().length;
    }

    @Override
    public InputStream open(long from, long toExclusive) {
      return new ByteArrayInputStream(bytes(), (int) from, (int) (toExclusive - from));
    }
  }

  /** One file after the other; {@code offset} and {@code length} count through all of them. */
  void cat(Call call) throws IOException {
    long skip = notNegative(call.options().number(0, "offset", "o"), "offset");
    long left = notNegative(call.options().number(Long.MAX_VALUE, "length", "l"), "length");
    List<String> names = call.arguments("ipfs-path");
    if (names.size() > MAX_CAT_FILES) {
      throw RpcException.usage("at most " + MAX_CAT_FILES + " files can be read at once");
    }
    List<InputStream> wanted = new ArrayList<>();
    long total = 0;
    boolean whole = true;
    for (String name : names) {
      if (left == 0) {
        break;
      }
      Cid cid = paths.resolve(name);
      whole &= holdings.isComplete(cid);
      Source file = readable(cid);
      long from = Math.min(skip, file.size());
      long to = Math.min(file.size(), from + Math.min(left, file.size() - from));
      skip -= from;
      left -= to - from;
      total += to - from;
      wanted.add(file.open(from, to));
    }
    call.answer().beginBytes("text/plain", total);
    if (whole) {
      call.answer().certain(total);
    }
    for (InputStream in : wanted) {
      try (InputStream ahead = aheads.of(in)) {
        copy(ahead, call.answer());
      }
    }
  }

  private static long notNegative(long value, String name) {
    if (value < 0) {
      throw RpcException.failed("cannot specify negative " + name);
    }
    return value;
  }

  private Source readable(Cid cid) {
    return switch (reader.entry(cid)) {
      case UnixFsFile file -> new FileBytes(reader, file);
      case UnixFsSymlink link -> new LinkBytes(link.target());
      case UnixFsDirectory _ -> throw RpcException.failed("this dag node is a directory");
    };
  }

  /** In pieces that are the size of usual blocks, so that each is written as it was read. */
  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      out.write(piece, 0, read);
    }
  }

  /**
   * A tar file of a file or a tree, under the last name of its path; compressed and no archive, a
   * file alone.
   */
  void get(Call call) throws IOException {
    Options options = call.options();
    String path = call.argument("ipfs-path");
    boolean compress = options.flag(false, "compress", "C");
    int level = options.integer(BEST_COMPRESSION, "compression-level", "l");
    if (compress && (level < 1 || level > BEST_COMPRESSION)) {
      throw RpcException.failed("compression level must be between 1 and 9");
    }
    Cid cid = paths.resolve(path);
    if (data.sizeOf(cid) < 0) {
      throw new BlockNotFoundException(cid);
    }
    if (compress && !options.flag(false, "archive", "a")) {
      compressed(call, cid, level);
      return;
    }
    String name = RpcPaths.lastName(path);
    tree.check(name, cid);
    call.answer().beginBytes(compress ? "application/gzip" : "application/x-tar", total(cid));
    OutputStream out =
        compress
            ? new Compressed(call.answer(), level)
            : new BufferedOutputStream(new Unclosed(call.answer()), PIECE_BYTES);
    tree.write(name, cid, out);
    out.close();
  }

  private void compressed(Call call, Cid cid, int level) throws IOException {
    if (reader.entry(cid) instanceof UnixFsDirectory) {
      throw RpcException.failed("file is not regular");
    }
    Source file = readable(cid);
    call.answer().beginBytes("application/gzip", file.size());
    OutputStream out = new Compressed(call.answer(), level);
    try (InputStream in = file.open(0, file.size())) {
      copy(in, out);
    }
    out.close();
  }

  /** What clients show the progress against: the bytes of a file, or of all blocks of a tree. */
  private long total(Cid cid) {
    return reader.entry(cid) instanceof UnixFsFile file ? file.size() : Dag.stat(data, cid).bytes();
  }

  /** Compresses as much as is wanted. */
  private static final class Compressed extends GZIPOutputStream {
    Compressed(OutputStream out, int level) throws IOException {
      super(new Unclosed(out), PIECE_BYTES);
      def.setLevel(level);
    }
  }

  /** The answer is ended by whoever called the command. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
    }

    @Override
    public void close() {
      // not ours
    }
  }
}
