package dev.limpet.content.unixfs;

import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A range of a file as a stream, a block at a time. */
final class UnixFsFileStream extends InputStream {
  private final FileTree tree;
  private final UnixFsFile file;
  private final long end;
  private long position;
  private FileTree.@Nullable Piece piece;

  UnixFsFileStream(FileTree tree, UnixFsFile file, long from, long toExclusive) {
    this.tree = tree;
    this.file = file;
    this.position = from;
    this.end = toExclusive;
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
      known = tree.pieceAt(file.cid(), file.size(), position);
      piece = known;
    }
    return known;
  }
}
