package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A range of a file as a stream, a block at a time. */
final class UnixFsFileStream extends InputStream {
  private final FileTree tree;
  private final UnixFsFile file;
  private final long end;
  private final BlockSource leaves;
  private long position;
  private FileTree.@Nullable Piece piece;

  UnixFsFileStream(FileTree tree, UnixFsFile file, long from, long toExclusive) {
    this.tree = tree;
    this.file = file;
    this.position = from;
    this.end = toExclusive;
    this.leaves = tree.passing(toExclusive - from);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    FileTree.Piece current = current();
    int within = (int) (position - current.start());
    long available = Math.min(current.length() - within, end - position);
    int count = (int) Math.min(length, available);
    System.arraycopy(current.bytes(), current.offset() + within, target, offset, count);
    position += count;
    return count;
  }

  /** Blocks go over from where they are. */
  @Override
  public long transferTo(OutputStream out) throws IOException {
    long before = position;
    while (position < end) {
      FileTree.Piece current = current();
      int within = (int) (position - current.start());
      int count = (int) Math.min(current.length() - within, end - position);
      out.write(current.bytes(), current.offset() + within, count);
      position += count;
    }
    return position - before;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.clamp(count, 0, end - position);
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    FileTree.Piece known = piece;
    if (known == null || !holds(known)) {
      return 0;
    }
    return (int) Math.min(known.start() + known.length() - position, end - position);
  }

  private boolean holds(FileTree.Piece known) {
    return position >= known.start() && position < known.start() + known.length();
  }

  private FileTree.Piece current() {
    FileTree.Piece known = piece;
    if (known == null || !holds(known)) {
      piece = null; // its bytes may be in the array that is read into now
      known = tree.pieceAt(file.cid(), file.size(), position, leaves);
      piece = known;
    }
    return known;
  }
}
