package dev.limpet.node.receipt;

import dev.limpet.protocol.disk.SyncedFiles;
import dev.limpet.protocol.disk.SyncedWrites;
import dev.limpet.protocol.tlog.HashSource;
import dev.limpet.protocol.tlog.Tile;
import dev.limpet.protocol.tlog.TreeHash;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The hashes of a log in tiles, each a file that grows until it is full; a partial tile is the
 * beginning of its file. Level L holds the roots of complete subtrees of 256^L leaves, so a file's
 * content never changes but at its end.
 *
 * <p>One thread writes; others read what the last checkpoint covers.
 */
final class TileFiles implements HashSource {
  private static final int LEVELS = 8;
  private static final int FULL_BYTES = Tile.WIDTH * TreeHash.BYTES;

  private final Path dir;
  private final List<Hashes> waiting = new ArrayList<>();

  TileFiles(Path dir) {
    this.dir = dir;
    for (int level = 0; level < LEVELS; level++) {
      waiting.add(new Hashes());
    }
  }

  /** Hashes of a level, one behind the other, which are written from where they gathered. */
  private static final class Hashes extends ByteArrayOutputStream {
    ByteBuffer part(int from, int length) {
      return ByteBuffer.wrap(buf, from, length);
    }
  }

  /** Takes the root of a complete subtree; {@link #write} puts it on the disk. */
  void add(int treeLevel, byte[] hash) {
    if (treeLevel % Tile.HEIGHT == 0) {
      waiting.get(treeLevel / Tile.HEIGHT).write(hash, 0, hash.length);
    }
  }

  /** Forgets what waits. */
  void drop() {
    waiting.forEach(ByteArrayOutputStream::reset);
  }

  /**
   * Writes what waits.
   *
   * @param size leaves that are on the disk
   * @param disk takes what is written, and syncs it
   */
  void write(long size, SyncedWrites disk) throws IOException {
    for (int level = 0; level < LEVELS; level++) {
      Hashes hashes = waiting.get(level);
      long at = size >>> (level * Tile.HEIGHT);
      for (int done = 0; done < hashes.size(); ) {
        int offset = (int) (at % Tile.WIDTH) * TreeHash.BYTES;
        int length = Math.min(FULL_BYTES - offset, hashes.size() - done);
        disk.write(file(level, at / Tile.WIDTH), offset, hashes.part(done, length));
        done += length;
        at += length / TreeHash.BYTES;
      }
    }
    drop();
  }

  /**
   * Cuts off what lies behind a size, and looks whether all before it is there.
   *
   * @throws IOException when something is missing
   */
  void recover(long size) throws IOException {
    drop();
    for (int level = 0; level < LEVELS; level++) {
      long hashes = size >>> (level * Tile.HEIGHT);
      for (long tile = 0; tile <= hashes / Tile.WIDTH; tile++) {
        long wanted = Math.min(FULL_BYTES, (hashes - tile * Tile.WIDTH) * TreeHash.BYTES);
        Path file = file(level, tile);
        long length = Files.exists(file) ? Files.size(file) : 0;
        if (length < wanted) {
          throw new IOException(
              dir.relativize(file) + " has " + length + " bytes and should have " + wanted);
        }
        SyncedFiles.truncate(file, wanted);
      }
    }
  }

  @Override
  public TreeHash subtree(int level, long index) {
    int below = level % Tile.HEIGHT;
    long first = index << below;
    ByteBuffer hashes = ByteBuffer.allocate(TreeHash.BYTES << below);
    Path file = file(level / Tile.HEIGHT, first / Tile.WIDTH);
    try (FileChannel in = FileChannel.open(file)) {
      in.position(first % Tile.WIDTH * TreeHash.BYTES);
      while (hashes.hasRemaining()) {
        if (in.read(hashes) < 0) {
          throw new EOFException(dir.relativize(file) + " is shorter than it was");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return TreeHash.root(hashes.array());
  }

  private Path file(int level, long tile) {
    return dir.resolve(Tile.pathOf(level, tile));
  }
}
