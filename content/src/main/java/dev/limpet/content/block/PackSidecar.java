package dev.limpet.content.block;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The index file next to a segment, so that a start need not read the segment and the memory need
 * not hold what it says: which blocks lie in its first {@code coveredBytes} bytes. Written when
 * those are on the disk, replaced as a whole, and never needed: one that is missing, damaged or
 * older than it says costs a scan.
 *
 * <p>Layout, big endian: magic, segment number (int), covered bytes (long), count (int), CRC-32C of
 * these (int); then pages of {@link #PAGE_ENTRIES} blocks in the order of their digests, the last
 * one maybe shorter: for each block its key (32, {@link dev.limpet.content.cid.Multihash#key}),
 * offset of the block (int), bytes before it in its section (7 bits, above them whether the key is
 * another than the digest, as for all functions but SHA2-256), its length (int); behind each page
 * the CRC-32C of the page (int).
 *
 * <p>Files of older builds are read as well: no CRC behind the head, no pages, the blocks in the
 * order of their offsets, one CRC-32C at the end.
 */
final class PackSidecar {
  static final int PAGE_ENTRIES = 64;

  /** What one block adds to the file, besides its part of a page's checksum. */
  static final int ENTRY_BYTES = PackSection.KEY_BYTES + Integer.BYTES + 1 + Integer.BYTES;

  static final int CRC_BYTES = Integer.BYTES;

  /** A page with its checksum; the last one may be shorter. */
  static final int PAGE_BYTES = PAGE_ENTRIES * ENTRY_BYTES + CRC_BYTES;

  private static final int FIELDS_BYTES = Long.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;
  static final int HEAD_BYTES = FIELDS_BYTES + CRC_BYTES;
  private static final long MAGIC = 0x4c696d7065744932L; // "LimpetI2"
  private static final long OLD_MAGIC = 0x4c696d7065744931L; // "LimpetI1"

  private final byte[] bytes;
  private final int segment;
  private final long coveredBytes;
  private final int count;
  private final boolean old;

  private PackSidecar(byte[] bytes, int segment) {
    ByteBuffer head = ByteBuffer.wrap(bytes);
    this.bytes = bytes;
    this.old = head.getLong() == OLD_MAGIC;
    this.segment = segment;
    head.getInt();
    this.coveredBytes = head.getLong();
    this.count = head.getInt();
  }

  /** The size of a sidecar of so many blocks. */
  static long sizeOf(long blocks) {
    long pages = (blocks + PAGE_ENTRIES - 1) / PAGE_ENTRIES;
    return HEAD_BYTES + blocks * ENTRY_BYTES + pages * CRC_BYTES;
  }

  /** Where a page begins in the file. */
  static long pageStart(int page) {
    return HEAD_BYTES + (long) page * PAGE_BYTES;
  }

  /** Writes the index file of a segment; the order of the entries does not matter. */
  static void write(
      PackFiles files, PackSegment segment, long coveredBytes, List<PackIndex.Entry> entries)
      throws IOException {
    List<PackIndex.Entry> sorted =
        entries.stream().sorted((a, b) -> Arrays.compareUnsigned(a.digest(), b.digest())).toList();
    files.replace(
        segment.sidecar(),
        stream -> {
          ByteBuffer head = ByteBuffer.allocate(FIELDS_BYTES).putLong(MAGIC);
          head.putInt(segment.number()).putLong(coveredBytes).putInt(sorted.size());
          writeChecked(stream, head.array());
          for (int from = 0; from < sorted.size(); from += PAGE_ENTRIES) {
            int to = Math.min(from + PAGE_ENTRIES, sorted.size());
            writeChecked(stream, page(sorted.subList(from, to)));
          }
        });
  }

  private static byte[] page(List<PackIndex.Entry> entries) {
    ByteBuffer page = ByteBuffer.allocate(entries.size() * ENTRY_BYTES);
    for (PackIndex.Entry entry : entries) {
      page.put(entry.digest()).putInt(entry.place().offset());
      page.put((byte) entry.place().packedPrefix()).putInt(entry.place().length());
    }
    return page.array();
  }

  private static void writeChecked(OutputStream out, byte[] part) throws IOException {
    out.write(part);
    new DataOutputStream(out).writeInt(crc(part, 0, part.length));
  }

  static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  /**
   * Reads and checks a sidecar.
   *
   * @param file the file
   * @param segment the number of its segment
   * @param segmentBytes the size that the segment has now
   * @return what it says
   * @throws NoSuchFileException when there is none
   * @throws IOException when it cannot be read or does not fit to the segment, saying why
   */
  static PackSidecar read(Path file, int segment, long segmentBytes) throws IOException {
    long size = Files.size(file);
    long largest = sizeOf(2L * PackSegment.MAX_SEGMENT_BLOCKS);
    require(size >= HEAD_BYTES && size <= largest, "its size is wrong");
    byte[] bytes = new byte[(int) size];
    try (InputStream in = Files.newInputStream(file)) {
      new DataInputStream(in).readFully(bytes);
    }
    ByteBuffer head = ByteBuffer.wrap(bytes);
    long magic = head.getLong();
    require(magic == MAGIC || magic == OLD_MAGIC, "it is not an index file of this version");
    require(head.getInt() == segment, "it belongs to another segment");
    PackSidecar sidecar = new PackSidecar(bytes, segment);
    require(sidecar.coveredBytes >= PackSection.FILE_HEADER.length, "it covers less than nothing");
    require(sidecar.coveredBytes <= segmentBytes, "the segment is shorter than it was");
    sidecar.check();
    return sidecar;
  }

  private void check() throws IOException {
    boolean plausible = count >= 0 && count <= 2 * PackSegment.MAX_SEGMENT_BLOCKS;
    require(plausible && bytes.length == expectedBytes(), "its size is wrong");
    if (old) {
      require(isIntact(0, bytes.length - CRC_BYTES), "its checksum is wrong");
    } else {
      require(isIntact(0, FIELDS_BYTES), "its checksum is wrong");
      for (int from = 0; from < count; from += PAGE_ENTRIES) {
        int length = Math.min(PAGE_ENTRIES, count - from) * ENTRY_BYTES;
        require(isIntact(at(from), length), "the checksum of a page is wrong");
      }
    }
    for (int i = 0; i < count; i++) {
      require(isInside(i), "a block lies outside of the segment");
      require(old || i == 0 || isSorted(i), "its blocks are in no order");
    }
  }

  private long expectedBytes() {
    return old ? FIELDS_BYTES + (long) count * ENTRY_BYTES + CRC_BYTES : sizeOf(count);
  }

  private boolean isIntact(int from, int length) {
    return ByteBuffer.wrap(bytes).getInt(from + length) == crc(bytes, from, length);
  }

  private boolean isInside(int entry) {
    PackIndex.Place place = placeAt(ByteBuffer.wrap(bytes), at(entry), segment);
    return place.prefix() <= PackSection.MAX_PREFIX_BYTES
        && place.offset() >= PackSection.FILE_HEADER.length + place.prefix()
        && place.length() >= 0
        && place.length() <= Block.MAX_BLOCK_BYTES
        && (long) place.offset() + place.length() <= coveredBytes;
  }

  private boolean isSorted(int entry) {
    int digest = PackSection.KEY_BYTES;
    int before = at(entry - 1);
    int after = at(entry);
    return Arrays.compareUnsigned(bytes, before, before + digest, bytes, after, after + digest) < 0;
  }

  private int at(int entry) {
    return old
        ? FIELDS_BYTES + entry * ENTRY_BYTES
        : (int) pageStart(entry / PAGE_ENTRIES) + entry % PAGE_ENTRIES * ENTRY_BYTES;
  }

  /** How much of the segment it speaks of. */
  long coveredBytes() {
    return coveredBytes;
  }

  /** How many blocks it lists. */
  int count() {
    return count;
  }

  /** Whether it is of an older build, and is to be written anew. */
  boolean isOld() {
    return old;
  }

  /** One of its blocks, from 0. */
  PackIndex.Entry entry(int number) {
    int at = at(number);
    byte[] digest = Arrays.copyOfRange(bytes, at, at + PackSection.KEY_BYTES);
    return new PackIndex.Entry(digest, placeAt(ByteBuffer.wrap(bytes), at, segment));
  }

  /** The place that stands in an entry which begins at a position. */
  static PackIndex.Place placeAt(ByteBuffer buffer, int at, int segment) {
    int offset = buffer.getInt(at + PackSection.KEY_BYTES);
    int prefix = buffer.get(at + PackSection.KEY_BYTES + Integer.BYTES) & 0xff;
    int length = buffer.getInt(at + PackSection.KEY_BYTES + Integer.BYTES + 1);
    return PackIndex.Place.unpacked(segment, offset, prefix, length);
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(otherwise);
    }
  }
}
