package dev.limpet.content.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The index file of a sealed segment, asked where it lies: the memory has the first digest of each
 * page and a bit for each block that was deleted, some two bits a block; a look reads one page of
 * some 2.6 KB and checks it.
 */
final class SortedIndex {
  private final SteadyFile file;
  private final Path path;
  private final int segment;
  private final int count;
  private final long[] firsts;

  /** A bit for each block, made when the first is deleted. */
  private volatile @Nullable AtomicLongArray dead;

  /**
   * A block of the file.
   *
   * @param number counted from 0 in the order of digests
   * @param place where it is
   */
  record Found(int number, PackIndex.Place place) {}

  /** The file that was read just now, at the same path. */
  SortedIndex(Path path, int segment, PackSidecar content) {
    this.path = path;
    this.file = new SteadyFile(path);
    this.segment = segment;
    this.count = content.count();
    this.firsts = new long[(count + PackSidecar.PAGE_ENTRIES - 1) / PackSidecar.PAGE_ENTRIES];
    for (int page = 0; page < firsts.length; page++) {
      firsts[page] = prefix(content.entry(page * PackSidecar.PAGE_ENTRIES).digest());
    }
  }

  private static long prefix(byte[] digest) {
    return ByteBuffer.wrap(digest).getLong();
  }

  int count() {
    return count;
  }

  /** Where a block is, deleted or not; null when it is not in the file, or that is closed. */
  @Nullable Found find(byte[] digest) {
    long wanted = prefix(digest);
    int page = pageBefore(wanted);
    byte[] bytes = PageArrays.take();
    try {
      do {
        if (!read(page, bytes)) {
          return null;
        }
        int at = search(bytes, entries(page), digest);
        if (at >= 0) {
          int start = at * PackSidecar.ENTRY_BYTES;
          return new Found(
              page * PackSidecar.PAGE_ENTRIES + at,
              PackSidecar.placeAt(ByteBuffer.wrap(bytes), start, segment));
        }
        page++;
        // Two digests that begin with the same eight bytes may lie on both sides of an edge.
      } while (page < firsts.length && firsts[page] == wanted);
      return null;
    } finally {
      PageArrays.giveBack(bytes);
    }
  }

  /** The last page that begins below a value, or the first page. */
  private int pageBefore(long wanted) {
    int low = 0;
    int high = firsts.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (Long.compareUnsigned(firsts[middle], wanted) < 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static int search(byte[] page, int entries, byte[] digest) {
    int low = 0;
    int high = entries - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = middle * PackSidecar.ENTRY_BYTES;
      int order =
          Arrays.compareUnsigned(
              page, at, at + PackSection.KEY_BYTES, digest, 0, PackSection.KEY_BYTES);
      if (order == 0) {
        return middle;
      }
      low = order < 0 ? middle + 1 : low;
      high = order > 0 ? middle - 1 : high;
    }
    return -1;
  }

  /** How many blocks a page has. */
  private int entries(int page) {
    return Math.min(PackSidecar.PAGE_ENTRIES, count - page * PackSidecar.PAGE_ENTRIES);
  }

  /** Reads a page into an array that is long enough; false where there is no such page. */
  private boolean read(int page, byte[] bytes) {
    if (page >= firsts.length) {
      return false;
    }
    int length = entries(page) * PackSidecar.ENTRY_BYTES;
    try {
      if (!file.read(PackSidecar.pageStart(page), bytes, length + PackSidecar.CRC_BYTES)) {
        return false;
      }
      if (ByteBuffer.wrap(bytes).getInt(length) != PackSidecar.crc(bytes, 0, length)) {
        throw new IOException("the checksum of page " + page + " is wrong");
      }
      return true;
    } catch (IOException e) {
      throw new StoreFailedException(
          "cannot use the index file %s: %s; start again, which reads its segment anew"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /** Visits the blocks that were not deleted, in the order of their digests. */
  void visitLiving(PackCatalog.Visitor visitor) {
    byte[] bytes = new byte[PackSidecar.PAGE_BYTES];
    for (int page = 0; page < firsts.length; page++) {
      if (!read(page, bytes)) {
        return; // The segment has gone, and all its blocks.
      }
      visitLiving(bytes, page, visitor);
    }
  }

  private void visitLiving(byte[] bytes, int page, PackCatalog.Visitor visitor) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int first = page * PackSidecar.PAGE_ENTRIES;
    for (int i = 0; i < entries(page); i++) {
      if (!isDead(first + i)) {
        int at = i * PackSidecar.ENTRY_BYTES;
        byte[] digest = Arrays.copyOfRange(bytes, at, at + PackSection.KEY_BYTES);
        PackIndex.Place place = PackSidecar.placeAt(buffer, at, segment);
        visitor.visit(first + i, new PackIndex.Entry(digest, place));
      }
    }
  }

  boolean isDead(int number) {
    AtomicLongArray bits = dead;
    return bits != null && (bits.get(number >> 6) & 1L << number) != 0;
  }

  /** Marks a block as deleted; answers whether it was not before. */
  boolean bury(int number) {
    long bit = 1L << number;
    return (bits().getAndAccumulate(number >> 6, bit, (before, b) -> before | b) & bit) == 0;
  }

  private AtomicLongArray bits() {
    AtomicLongArray bits = dead;
    if (bits == null) {
      synchronized (this) {
        bits = dead == null ? new AtomicLongArray((count + 63) >> 6) : dead;
        dead = bits;
      }
    }
    return bits;
  }

  void close() throws IOException {
    file.close();
  }
}
