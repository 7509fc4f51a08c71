package dev.limpet.content.unixfs;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads files here and there for one reader: it keeps the block that was read last, so that small
 * reads which follow each other cost one look-up for each block and no copy but the one that is
 * asked for. However many files it serves, it keeps one block. Not for use by several threads.
 */
public final class UnixFsCursor {
  private final FileTree tree;
  private @Nullable UnixFsFile file;
  private FileTree.@Nullable Piece piece;

  UnixFsCursor(FileTree tree) {
    this.tree = tree;
  }

  /**
   * Reads bytes of a file; only blocks that overlap the range, and nodes above them, are touched.
   *
   * @param from the file
   * @param position first byte
   * @param target receives {@code length} bytes from {@code offset}
   * @param offset where in target
   * @param length bytes; the range must lie inside the file
   * @throws IndexOutOfBoundsException when it does not
   */
  public void readFully(UnixFsFile from, long position, byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(position, /* size= */ length, /* length= */ from.size());
    Objects.checkFromIndexSize(offset, length, target.length);
    int done = 0;
    while (done < length) {
      FileTree.Piece current = pieceAt(from, position + done);
      int within = (int) (position + done - current.start());
      int count = Math.min(length - done, current.length() - within);
      System.arraycopy(current.bytes(), current.offset() + within, target, offset + done, count);
      done += count;
    }
  }

  /**
   * Reads the block that holds a position, for its own sake: a source that keeps blocks has it
   * then.
   *
   * @param from the file
   * @param position less than its size
   * @return the first position behind that block
   */
  public long endOfBlock(UnixFsFile from, long position) {
    Objects.checkIndex(position, from.size());
    FileTree.Piece found = pieceAt(from, position);
    return found.start() + found.length();
  }

  /**
   * The same when that costs no read: the block and all above it are in memory.
   *
   * @param from the file
   * @param position less than its size
   * @return the first position behind that block as its parent tells it, or -1 when something must
   *     be read
   */
  public long endOfBlockInMemory(UnixFsFile from, long position) {
    Objects.checkIndex(position, from.size());
    return tree.endInMemory(from.cid(), from.size(), position);
  }

  /**
   * Where the block ends that holds a position, when nothing must be read to say it: it need not be
   * in memory, all nodes above it are. A node with small leaves may be taken for a block.
   *
   * @param from the file
   * @param position less than its size
   * @return the first position behind that block as its parent tells it, or -1
   */
  public long endOfBlockAsTold(UnixFsFile from, long position) {
    Objects.checkIndex(position, from.size());
    return tree.endAsTold(from.cid(), from.size(), position);
  }

  /**
   * Where the block ends that was read last, which this keeps.
   *
   * @return the first position behind it in its file; 0 when nothing was read
   */
  public long endOfLastBlock() {
    FileTree.Piece known = piece;
    return known == null ? 0 : known.start() + known.length();
  }

  private FileTree.Piece pieceAt(UnixFsFile from, long position) {
    FileTree.Piece known = piece;
    boolean holds =
        known != null
            && from.equals(file)
            && position >= known.start()
            && position < known.start() + known.length();
    if (known == null || !holds) {
      known = tree.pieceAt(from.cid(), from.size(), position);
      file = from;
      piece = known;
    }
    return known;
  }
}
