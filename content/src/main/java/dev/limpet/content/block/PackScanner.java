package dev.limpet.content.block;

import dev.limpet.content.cid.Multihash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Finds the whole blocks in a segment whose index is not known, and believes only what hashes.
 *
 * <p>Sections follow each other, each starting with its length. Where that chain breaks (a torn
 * tail, bytes that a power cut left unwritten, a flipped bit in a length), the scanner looks byte
 * by byte for the next place where a section starts whose block hashes. So damage costs the blocks
 * that it touches and never their neighbours, and what lies behind the last good section is safe to
 * cut off.
 *
 * <p>A block may be made of starts of sections that do not hash, to keep the search busy; what is
 * hashed in vain is bounded by {@link #MAX_SALVAGE_BYTES}, after which the rest of the segment is
 * not searched, and not cut off either.
 */
final class PackScanner {
  /** About a second of hashing; honest damage hashes a few blocks in vain. */
  static final long MAX_SALVAGE_BYTES = 1L << 30;

  private static final int WINDOW_BYTES = 256 << 10;

  /** Receives each good section. */
  @FunctionalInterface
  interface Found {
    void section(long start, PackSection section);
  }

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
  private long windowStart;
  private long hashedInVain;
  private long damaged;
  private boolean gaveUp;

  PackScanner(FileChannel channel) throws IOException {
    this.channel = channel;
    this.size = channel.size();
    window.limit(0);
  }

  /**
   * Reads from a position to the end of the file.
   *
   * @return the end of the last good section, or {@code from} when there is none
   */
  long scan(long from, Found found) throws IOException {
    long end = from;
    long at = from;
    while (at < size) {
      PackSection section = goodSection(at);
      if (section == null) {
        long next = searchFrom(at + 1);
        if (next < 0) {
          break;
        }
        damaged += next - at;
        at = next;
      } else {
        found.section(at, section);
        at += section.total();
        end = at;
      }
    }
    return end;
  }

  /** Bytes that lie between good sections and belong to none. */
  long damagedBytes() {
    return damaged;
  }

  /** Whether the search became too costly: good sections may lie behind the last that was found. */
  boolean gaveUp() {
    return gaveUp;
  }

  private long searchFrom(long start) throws IOException {
    for (long at = start; at < size; at++) {
      if (goodSection(at) != null) {
        return at;
      }
      if (hashedInVain > MAX_SALVAGE_BYTES) {
        gaveUp = true;
        break;
      }
    }
    return -1;
  }

  private @Nullable PackSection goodSection(long start) throws IOException {
    load(start, PackSection.MAX_PREFIX_BYTES);
    PackSection section = PackSection.parse(window, size - start);
    if (section == null || hashes(start + section.prefix(), section)) {
      return section;
    }
    hashedInVain += section.length() + 1L;
    return null;
  }

  private boolean hashes(long blockStart, PackSection section) throws IOException {
    Multihash.Check check = section.cid().multihash().check();
    long at = blockStart;
    long end = blockStart + section.length();
    while (at < end) {
      load(at, 1);
      int part = (int) Math.min(window.remaining(), end - at);
      check.update(window.array(), window.position(), part);
      at += part;
    }
    return check.matches();
  }

  /** Makes the window stand at a position with that many bytes behind it, or up to the end. */
  private void load(long position, int bytes) throws IOException {
    long inWindow = position - windowStart;
    long needed = Math.min(bytes, size - position);
    if (inWindow >= 0 && inWindow + needed <= window.limit()) {
      window.position((int) inWindow);
      return;
    }
    window.clear();
    windowStart = position;
    while (window.hasRemaining()) {
      int read = channel.read(window, position + window.position());
      if (read < 0) {
        break;
      }
    }
    window.flip();
    if (window.remaining() < needed) {
      throw new IOException("the file became shorter while it was read");
    }
  }
}
