package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataEntry;
import dev.limpet.wasmhost.data.DataPage;
import dev.limpet.wasmhost.engine.GuestMemory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Directory listings. A cookie is the number of entries before it. A guest goes on from a cookie of
 * the page that it read last, so these are kept with the names before them, and a listing goes on
 * behind the right name even when entries were removed meanwhile; any other cookie is counted from
 * the start.
 *
 * <p>The first two entries are {@code .} and {@code ..}. Nodes do not know what is above them, so
 * both have the inode of the directory itself, as at the top of any file system.
 */
final class Listing {

  private static final int HEADER_BYTES = 24;

  /** Entries that a directory does not know of: itself, and what is above it. */
  private static final List<String> DOTS = List.of(".", "..");

  /** Entries asked for at once. */
  private static final int PAGE = 64;

  /** Cookies that are kept, those of the last entries that the guest got. */
  private static final int MAX_COOKIES = 4096;

  /** Ticks for an entry. */
  private static final long FUEL_PER_ENTRY = 32;

  private static final int TYPE_DIRECTORY = 3;
  private static final int TYPE_FILE = 4;
  private static final int TYPE_LINK = 7;

  private final WasiState state;
  private final GuestMemory memory;
  private final Map<Long, String> names = new HashMap<>();
  private int at;
  private int left;

  private Listing(WasiState state, GuestMemory memory, int at, int left) {
    this.state = state;
    this.memory = memory;
    this.at = at;
    this.left = left;
  }

  static Errno readdir(WasiState state, GuestMemory memory, long[] a) {
    Descriptor.Directory open = state.descriptors().directory(a[0]);
    if (!(open.base() instanceof FsDirectory directory)) {
      return Errno.NOTDIR;
    }
    long length = Integer.toUnsignedLong((int) a[2]);
    int buffer = memory.at((int) a[1], length);
    int room = (int) length;
    int result = memory.at((int) a[4], 4);
    Listing listing = new Listing(state, memory, buffer, room);
    long cookie = a[3];
    while (cookie >= 0 && cookie < DOTS.size()) {
      listing.put(
          new DataEntry(DOTS.get((int) cookie), directory.inode(), DataEntry.Kind.DIRECTORY),
          ++cookie);
    }
    String after = listing.nameBefore(open, directory, cookie);
    if (after != null || cookie == DOTS.size()) {
      listing.fill(directory, after, cookie);
      open.nameBefore().clear();
      open.nameBefore().putAll(listing.names);
    }
    memory.putInt(result, room - listing.left);
    return Errno.SUCCESS;
  }

  /** The name of the entry before the cookie; null at the start, and beyond the end. */
  private @Nullable String nameBefore(
      Descriptor.Directory open, FsDirectory directory, long cookie) {
    if (cookie == DOTS.size()) {
      return null;
    }
    String known = open.nameBefore().get(cookie);
    return known != null ? known : count(directory, cookie);
  }

  private @Nullable String count(FsDirectory directory, long cookie) {
    String after = null;
    long index = DOTS.size();
    while (true) {
      DataPage page = page(directory, after);
      for (DataEntry entry : page.entries()) {
        after = entry.name();
        if (++index == cookie) {
          return after;
        }
      }
      if (page.last()) {
        return null;
      }
    }
  }

  private DataPage page(FsDirectory directory, @Nullable String after) {
    state.signal().check();
    DataPage page = directory.list(after, PAGE);
    memory.charge(FUEL_PER_ENTRY * (page.entries().size() + 1));
    return page;
  }

  private void fill(FsDirectory directory, @Nullable String start, long cookie) {
    String after = start;
    long next = cookie;
    if (start != null) {
      keep(cookie, start);
    }
    while (left > 0) {
      DataPage page = page(directory, after);
      for (DataEntry entry : page.entries()) {
        after = entry.name();
        keep(++next, after);
        put(entry, next);
        if (left == 0) {
          return;
        }
      }
      if (page.last()) {
        return;
      }
    }
  }

  private void keep(long cookie, String name) {
    names.put(cookie, name);
    names.remove(cookie - MAX_COOKIES);
  }

  /** What does not fit is cut off, which tells the guest that there is more. */
  private void put(DataEntry entry, long next) {
    byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
    byte[] header = new byte[HEADER_BYTES];
    LittleEndian.putLong(header, 0, next);
    LittleEndian.putLong(header, 8, entry.inode());
    LittleEndian.putInt(header, 16, name.length);
    header[20] = type(entry.kind());
    append(header);
    append(name);
  }

  private static byte type(DataEntry.Kind kind) {
    return (byte)
        switch (kind) {
          case FILE -> TYPE_FILE;
          case DIRECTORY -> TYPE_DIRECTORY;
          case LINK -> TYPE_LINK;
        };
  }

  private void append(byte[] bytes) {
    int count = Math.min(bytes.length, left);
    System.arraycopy(bytes, 0, memory.array(), at, count);
    at += count;
    left -= count;
  }
}
