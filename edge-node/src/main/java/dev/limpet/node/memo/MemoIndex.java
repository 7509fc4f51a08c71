package dev.limpet.node.memo;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a full file of answers has, in a small file beside it, so that a start need not read the
 * large one: for each answer the Task's CID (36 bytes), and its length with its head; at the end
 * the CRC-32C of all that. It may be missing or wrong: then the large file is read, and what an
 * answer is checked against when it is given stands there.
 */
final class MemoIndex {
  private static final System.Logger LOG = System.getLogger(MemoIndex.class.getName());
  private static final int ENTRY_BYTES = MemoFrame.TASK_BYTES + Integer.BYTES;

  private MemoIndex() {}

  /**
   * An answer, behind the one before it.
   *
   * @param task what it answers
   * @param length of its frame
   */
  record Entry(TaskDigest task, int length) {}

  /** Where the index of that file is. */
  static Path of(Path segment) {
    return segment.resolveSibling(segment.getFileName() + ".index");
  }

  /** Writes the index of a file that gets no more answers. */
  static void write(MemoSegment segment) throws IOException {
    List<MemoSegment.Place> places = segment.places();
    ByteBuffer out = ByteBuffer.allocate(places.size() * ENTRY_BYTES + Integer.BYTES);
    for (MemoSegment.Place place : places) {
      out.put(place.task().cid().toBytes()).putInt(place.length());
    }
    out.putInt(checksum(out.array(), out.position()));
    Path index = of(segment.path());
    Path fresh = index.resolveSibling(index.getFileName() + ".new");
    Files.write(fresh, out.array());
    Files.move(fresh, index, StandardCopyOption.ATOMIC_MOVE);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** What the index of that file says; null when there is none, or none that is whole. */
  static @Nullable List<Entry> read(Path segment) {
    Path index = of(segment);
    try {
      long size = Files.isRegularFile(index) ? Files.size(index) : 0;
      long most = (long) MemoFiles.MAX_MEMO_ENTRIES * ENTRY_BYTES + Integer.BYTES;
      if (size < Integer.BYTES || size > most || (size - Integer.BYTES) % ENTRY_BYTES != 0) {
        return null;
      }
      byte[] bytes = Files.readAllBytes(index);
      int end = bytes.length - Integer.BYTES;
      if (ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
        return null;
      }
      return entries(ByteBuffer.wrap(bytes, 0, end));
    } catch (IOException | ContentException | IllegalArgumentException e) {
      LOG.log(Level.INFO, "an index of kept answers cannot be read; the answers are", e);
      return null;
    }
  }

  private static List<Entry> entries(ByteBuffer in) {
    List<Entry> entries = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] task = new byte[MemoFrame.TASK_BYTES];
      in.get(task);
      Entry entry = new Entry(TaskDigest.of(Cid.decode(task)), in.getInt());
      if (entry.length < MemoFrame.PREFIX_BYTES) {
        throw new IllegalArgumentException("an answer has a length");
      }
      entries.add(entry);
    }
    return entries;
  }
}
