package dev.limpet.node.receipt;

import dev.limpet.protocol.disk.SyncedFiles;
import dev.limpet.protocol.disk.SyncedWrites;
import dev.limpet.protocol.tlog.Tile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a log in bundles of 256, each entry behind its length in two bytes (C2SP
 * tlog-tiles). Unlike hashes, old bundles are removed.
 *
 * <p>One thread writes and removes; others read.
 */
final class EntryFiles {
  /**
   * Bundles that are removed in one step: about as many as receipts that wait can fill, so that
   * removing keeps up with writing, and few enough that what comes meanwhile is written soon.
   */
  static final int MAX_PRUNED_BUNDLES = 64;

  private final Path dir;
  private final NavigableMap<Long, Long> lengths = new TreeMap<>(); // of bundles, by their index
  private final AtomicLong storedBytes = new AtomicLong();

  EntryFiles(Path dir) {
    this.dir = dir;
  }

  /**
   * Writes entries behind those that are there.
   *
   * @param size entries that are on the disk
   * @param disk takes what is written, and syncs it
   */
  void write(long size, EntryBatch batch, SyncedWrites disk) throws IOException {
    int next = 0;
    while (next < batch.count()) {
      long at = size + next;
      int from = batch.start(next);
      next = (int) Math.min(batch.count(), next + Tile.WIDTH - at % Tile.WIDTH);
      int length = batch.start(next) - from;
      long bundle = at / Tile.WIDTH;
      long before = lengths.getOrDefault(bundle, 0L);
      disk.write(file(bundle), before, ByteBuffer.wrap(batch.array(), from, length));
      lengths.put(bundle, before + length);
      storedBytes.addAndGet(length);
    }
  }

  /**
   * Cuts off what lies behind a size, and hands over every entry that is there.
   *
   * @throws IOException when entries of the bundle that is not full are missing
   */
  void recover(long size, Reader reader) throws IOException {
    lengths.clear();
    long last = size / Tile.WIDTH;
    long stored = 0;
    for (long bundle = 0; bundle <= last; bundle++) {
      if (!Files.exists(file(bundle))) {
        continue;
      }
      List<byte[]> entries = entries(bundle);
      int wanted = (int) Math.min(Tile.WIDTH, size - bundle * Tile.WIDTH);
      long length = 0;
      for (int i = 0; i < Math.min(wanted, entries.size()); i++) {
        reader.entry(bundle * Tile.WIDTH + i, entries.get(i));
        length += entries.get(i).length + Short.BYTES;
      }
      SyncedFiles.truncate(file(bundle), length);
      lengths.put(bundle, length);
      stored += length;
      if (bundle == last && entries.size() < wanted) {
        throw new IOException(dir.relativize(file(bundle)) + " lacks entries");
      }
    }
    if (size % Tile.WIDTH != 0 && !lengths.containsKey(last)) {
      throw new IOException(dir.relativize(file(last)) + " is missing");
    }
    storedBytes.set(stored);
  }

  /** Takes entries one by one. */
  interface Reader {
    /** An entry and its place. */
    void entry(long index, byte[] entry);
  }

  /** The whole entries of a bundle; what follows them, if anything does, is none. */
  private List<byte[]> entries(long bundle) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file(bundle)));
    List<byte[]> entries = new ArrayList<>();
    while (entries.size() < Tile.WIDTH && in.remaining() >= Short.BYTES) {
      int length = Short.toUnsignedInt(in.getShort());
      if (length > in.remaining()) {
        break;
      }
      byte[] entry = new byte[length];
      in.get(entry);
      entries.add(entry);
    }
    return entries;
  }

  /**
   * The entries of a bundle.
   *
   * @param oldest bundles whose last entry came before are left out; null for none
   * @return null when it is left out, or was removed
   */
  @Nullable List<byte[]> since(long bundle, @Nullable Instant oldest) throws IOException {
    try {
      return oldest != null && isBefore(bundle, oldest) ? null : entries(bundle);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** An entry that the log has; the file is missing when it was removed meanwhile. */
  byte[] read(long index) throws IOException {
    List<byte[]> entries = entries(index / Tile.WIDTH);
    int place = (int) (index % Tile.WIDTH);
    if (place >= entries.size()) {
      throw new IOException("entry " + index + " is not where it was");
    }
    return entries.get(place);
  }

  /**
   * What a step of pruning left.
   *
   * @param first the index of the first entry that is kept
   * @param ended whether nothing is left that may go
   */
  record Pruned(long first, boolean ended) {}

  /**
   * Removes the oldest bundles that are full while they are too many or too old, at most {@link
   * #MAX_PRUNED_BUNDLES}.
   *
   * @param most bytes of all
   * @param oldest bundles whose last entry came before go
   */
  Pruned prune(long size, long most, Instant oldest) throws IOException {
    long full = size / Tile.WIDTH;
    Set<Path> folders = new HashSet<>();
    boolean more = mayGo(full, most, oldest);
    for (int removed = 0; more && removed < MAX_PRUNED_BUNDLES; removed++) {
      long bundle = lengths.firstKey();
      Path file = file(bundle);
      Files.deleteIfExists(file);
      folders.add(file.resolveSibling("."));
      storedBytes.addAndGet(-lengths.getOrDefault(bundle, 0L));
      lengths.remove(bundle);
      more = mayGo(full, most, oldest);
    }
    for (Path folder : folders) {
      SyncedFiles.syncFolder(folder);
    }
    long first = lengths.isEmpty() ? full : Math.min(full, lengths.firstKey());
    return new Pruned(first * Tile.WIDTH, !more);
  }

  /** Whether the oldest bundle is full, and too old or one of too many. */
  private boolean mayGo(long full, long most, Instant oldest) throws IOException {
    return !lengths.isEmpty()
        && lengths.firstKey() < full
        && (storedBytes.get() > most || isBefore(lengths.firstKey(), oldest));
  }

  private boolean isBefore(long bundle, Instant oldest) throws IOException {
    return Files.getLastModifiedTime(file(bundle)).toInstant().isBefore(oldest);
  }

  long storedBytes() {
    return storedBytes.get();
  }

  private Path file(long bundle) {
    return dir.resolve(Tile.pathOf(Tile.ENTRIES, bundle));
  }
}
