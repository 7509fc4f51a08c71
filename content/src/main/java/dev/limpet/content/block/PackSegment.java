package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One segment file as its readers see it, and the counts that tell what it is worth. Reads are
 * positional and run side by side; counts belong to the store's write lock.
 */
final class PackSegment {
  private static final Logger LOG = System.getLogger(PackSegment.class.getName());

  /**
   * A segment is sealed at this many blocks, however small they are, so that writing its index
   * takes little memory (some 8 MB at the worst). Older builds went to twice as many.
   */
  static final int MAX_SEGMENT_BLOCKS = 1 << 16;

  private static final Pattern NAME = Pattern.compile("segment-(\\d{10})\\.car");

  private final int number;
  private final Path file;
  private final SteadyFile content;
  private volatile @Nullable SortedIndex index;

  private volatile long end;
  private long sections;
  private long live;
  private long liveBytes;
  private boolean retired;

  PackSegment(Path directory, int number) {
    this.number = number;
    this.file = directory.resolve("segment-%010d.car".formatted(number));
    this.content = new SteadyFile(file);
  }

  /** The number in the name of a segment file, or -1 when the file is none. */
  static int numberOf(Path file) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      return -1;
    }
    long number = Long.parseLong(matcher.group(1));
    return number > Integer.MAX_VALUE ? -1 : (int) number;
  }

  int number() {
    return number;
  }

  Path file() {
    return file;
  }

  Path sidecar() {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - ".car".length()) + ".idx");
  }

  // ---- counts ----

  /** Where the next section goes: the length of the file as the store knows it. */
  long end() {
    return end;
  }

  void end(long newEnd) {
    end = newEnd;
  }

  void sectionAdded() {
    sections++;
  }

  void blockGained(PackIndex.Place place) {
    live++;
    liveBytes += place.sectionLength();
  }

  void blockLost(PackIndex.Place place) {
    live--;
    liveBytes -= place.sectionLength();
  }

  boolean isDead() {
    return live == 0;
  }

  long deadBytes() {
    return end - PackSection.FILE_HEADER.length - liveBytes;
  }

  long liveBytes() {
    return liveBytes;
  }

  /** What a copy of all that lives in it takes of the disk, and beginning a segment for it. */
  long copyBytes() {
    return liveBytes + PackSection.FILE_HEADER.length + PackSidecar.sizeOf(live);
  }

  /** What it takes of the disk once it is sealed: the sections and the index file. */
  long diskBytes() {
    return end + PackSidecar.sizeOf(sections);
  }

  /** What one more block adds to the index file. */
  long nextEntryBytes() {
    return PackSidecar.sizeOf(sections + 1) - PackSidecar.sizeOf(sections);
  }

  /** Nothing will be appended any more. */
  void retire() {
    retired = true;
  }

  boolean isRetired() {
    return retired;
  }

  boolean isFull(long sectionBytes, long segmentBytes) {
    if (retired) {
      return true;
    }
    boolean hasBlocks = end > PackSection.FILE_HEADER.length;
    return hasBlocks && (end + sectionBytes > segmentBytes || sections >= MAX_SEGMENT_BLOCKS);
  }

  // ---- reading ----

  /** Its index file, once it is sealed and that is written; null before. */
  @Nullable SortedIndex index() {
    return index;
  }

  void index(SortedIndex written) {
    index = written;
  }

  /**
   * Reads a part of the file into a new array.
   *
   * @return the bytes, or null when the segment has been closed or dropped
   * @throws IOException when it cannot be read or ends before the part does
   */
  byte @Nullable [] read(long position, int length) throws IOException {
    return content.read(position, length);
  }

  /** The same into an array, which the part fills. */
  byte @Nullable [] read(long position, byte[] bytes) throws IOException {
    return content.read(position, bytes);
  }

  /** The bytes at a place, which must be there. */
  byte[] require(PackIndex.Place place) {
    try {
      byte[] bytes = read(place.offset(), place.length());
      if (bytes != null) {
        return bytes;
      }
      throw new StoreFailedException(file + " was closed");
    } catch (IOException e) {
      throw new StoreFailedException("cannot read from " + file + ": " + e, e);
    }
  }

  /** A CID of a block: a raw block's where only its key is needed, else that before it. */
  Cid nameOf(PackIndex.Entry entry) {
    return entry.place().derived() ? cidAt(entry) : rawCid(entry);
  }

  /** The CID before a block; as a raw block's where that is unreadable. */
  Cid cidAt(PackIndex.Entry entry) {
    PackIndex.Place place = entry.place();
    try {
      byte[] prefix = read(place.sectionStart(), place.prefix());
      if (prefix != null) {
        return PackSection.cidOf(prefix);
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(Level.WARNING, "the CID of a block in {0} is unreadable: {1}", file, e);
    }
    return rawCid(entry);
  }

  private static Cid rawCid(PackIndex.Entry entry) {
    return Cid.v1(Multicodec.RAW, Multihash.of(Multicodec.SHA2_256, entry.digest()));
  }

  /** Waits for its readers and closes its files; reads answer null from then on. */
  void close() throws IOException {
    SortedIndex sorted = index;
    if (sorted != null) {
      sorted.close();
    }
    content.close();
  }

  /** Closes and deletes it. */
  void drop() throws IOException {
    close();
    // The index first: one without a segment is swept at the next start, the reverse costs a scan.
    Files.deleteIfExists(sidecar());
    Files.deleteIfExists(file);
  }
}
