package dev.limpet.content.block;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The index file next to a segment, so that a start need not read the segment: which blocks lie in
 * its first {@code coveredBytes} bytes. Written when those are on the disk, replaced as a whole,
 * and never needed: one that is missing, damaged or older than it says costs a scan.
 *
 * <p>Layout, big endian: magic, segment number (int), covered bytes (long), count (int); for each
 * block digest (32), offset of the block (int), bytes before it in its section (byte), its length
 * (int); CRC-32C of all before (int).
 *
 * @param coveredBytes how much of the segment it speaks of
 * @param entries the blocks in there, in the order of their offsets
 */
record PackSidecar(long coveredBytes, List<PackIndex.Entry> entries) {
  private static final long MAGIC = 0x4c696d7065744931L; // "LimpetI1"
  private static final int HEAD_BYTES = Long.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;
  private static final int TAIL_BYTES = Integer.BYTES;
  private static final int BUFFER_BYTES = 64 << 10;

  /** What one block adds to the file. */
  static final int ENTRY_BYTES = PackSection.DIGEST_BYTES + Integer.BYTES + 1 + Integer.BYTES;

  /** The size of a sidecar of so many blocks. */
  static long sizeOf(long blocks) {
    return HEAD_BYTES + blocks * ENTRY_BYTES + TAIL_BYTES;
  }

  void write(Path file, int segment, PackFiles files) throws IOException {
    files.replace(
        file,
        stream -> {
          CheckedOutputStream checked = new CheckedOutputStream(stream, new CRC32C());
          DataOutputStream out = new DataOutputStream(checked);
          out.writeLong(MAGIC);
          out.writeInt(segment);
          out.writeLong(coveredBytes);
          out.writeInt(entries.size());
          for (PackIndex.Entry entry : entries) {
            out.write(entry.digest());
            out.writeInt(entry.place().offset());
            out.writeByte(entry.place().prefix());
            out.writeInt(entry.place().length());
          }
          out.writeInt((int) checked.getChecksum().getValue());
        });
  }

  /**
   * Reads a sidecar.
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
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      CheckedInputStream checked = new CheckedInputStream(stream, new CRC32C());
      DataInputStream in = new DataInputStream(checked);
      require(in.readLong() == MAGIC, "it is not an index file of this version");
      require(in.readInt() == segment, "it belongs to another segment");
      long covered = in.readLong();
      require(covered >= PackSection.FILE_HEADER.length, "it covers less than nothing");
      require(covered <= segmentBytes, "the segment is shorter than it was");
      int count = in.readInt();
      boolean plausible = count >= 0 && count <= PackSegment.MAX_SEGMENT_BLOCKS;
      require(plausible && sizeOf(count) == size, "its size is wrong");
      List<PackIndex.Entry> entries = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        entries.add(readEntry(in, segment, covered));
      }
      int expected = (int) checked.getChecksum().getValue();
      require(in.readInt() == expected, "its checksum is wrong");
      return new PackSidecar(covered, entries);
    }
  }

  private static PackIndex.Entry readEntry(DataInputStream in, int segment, long covered)
      throws IOException {
    byte[] digest = new byte[PackSection.DIGEST_BYTES];
    in.readFully(digest);
    int offset = in.readInt();
    int prefix = in.readUnsignedByte();
    int length = in.readInt();
    boolean inside =
        prefix <= PackSection.MAX_PREFIX_BYTES
            && offset >= PackSection.FILE_HEADER.length + prefix
            && length >= 0
            && length <= Block.MAX_BLOCK_BYTES
            && (long) offset + length <= covered;
    require(inside, "a block lies outside of the segment");
    return new PackIndex.Entry(digest, new PackIndex.Place(segment, offset, prefix, length));
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(otherwise);
    }
  }
}
