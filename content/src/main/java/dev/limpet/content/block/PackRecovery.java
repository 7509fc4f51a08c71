package dev.limpet.content.block;

import dev.limpet.content.cid.Multihash;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out at the start which blocks a folder holds.
 *
 * <p>An index file is believed as far as it reaches, because it was written after the blocks that
 * it lists were on the disk. What lies behind it, or all of a segment without one, is read and
 * hashed by {@link PackScanner}. In daily life that is nothing after a clean stop and the newest
 * segment after a kill; a tail of it that is not whole blocks is cut off. Older segments are never
 * cut.
 *
 * <p>Where two segments hold the same block, the newer one counts: the older is left over from a
 * rewriting that was interrupted, or is damaged and was put again.
 */
final class PackRecovery {
  private static final Logger LOG = System.getLogger(PackRecovery.class.getName());

  private final Path directory;
  private final PackFiles files;
  private final PackCatalog catalog;
  private final PackSegments segments;
  private final PackTombstones tombstones;
  private final long segmentBytes;

  PackRecovery(PackBlockstore.Parts parts) {
    this.directory = parts.directory();
    this.files = parts.files();
    this.catalog = parts.catalog();
    this.segmentBytes = parts.options().segmentBytes();
    this.segments = parts.segments();
    this.tombstones = parts.tombstones();
  }

  /**
   * Fills index and segments.
   *
   * @return the highest segment number that was ever in use, as far as traces are left
   */
  int run() throws IOException {
    List<Integer> numbers = segmentNumbers();
    int highest = tombstones.highestSegment();
    List<PackSegment> begun = new ArrayList<>();
    for (int number : numbers) {
      highest = Math.max(highest, number);
      PackSegment segment = new PackSegment(directory, number);
      if (isBegun(segment)) {
        begun.add(segment);
      }
    }
    for (PackSegment segment : begun) {
      load(segment, segment.number() == begun.getLast().number());
    }
    dropDeadSegments();
    sweep();
    Map<Integer, Long> ends = new HashMap<>();
    segments.all().forEach(segment -> ends.put(segment.number(), segment.end()));
    tombstones.settle(ends);
    segments.charge(tombstones.diskBytes());
    return highest;
  }

  private List<Integer> segmentNumbers() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(PackSegment::numberOf).filter(number -> number >= 0).sorted().toList();
    }
  }

  private static boolean isBegun(PackSegment segment) throws IOException {
    if (Files.size(segment.file()) >= PackSection.FILE_HEADER.length) {
      return true;
    }
    LOG.log(Level.INFO, "removing {0}, which was never begun", segment.file());
    segment.drop();
    return false;
  }

  private void load(PackSegment segment, boolean newest) throws IOException {
    long size = Files.size(segment.file());
    if (size > PackOptions.MAX_SEGMENT_BYTES) {
      throw new IOException(segment.file() + " is bigger than a segment can be; move it away");
    }
    segments.add(segment);
    long before = segment.diskBytes();
    segment.end(size);
    long known = loadSidecar(segment, size, newest);
    if (known < size) {
      long end = scan(segment, known);
      secure(segment, newest ? end : size);
    }
    boolean grows = newest && !segment.isFull(1, segmentBytes);
    if (segment.index() == null && !grows && !segment.isRetired()) {
      writeSidecar(segment, catalog, files);
    }
    segments.charge(segment.diskBytes() - before);
  }

  private long loadSidecar(PackSegment segment, long size, boolean newest) {
    try {
      PackSidecar sidecar = PackSidecar.read(segment.sidecar(), segment.number(), size);
      boolean grows = newest && !segment.isFull(1, segmentBytes);
      if (sidecar.isOld() || sidecar.coveredBytes() < size || grows) {
        for (int i = 0; i < sidecar.count(); i++) {
          found(segment, sidecar.entry(i));
        }
      } else {
        learn(segment, sidecar);
      }
      return sidecar.coveredBytes();
    } catch (NoSuchFileException e) {
      LOG.log(Level.INFO, "{0} has no index file: reading it", segment.file());
    } catch (IOException e) {
      LOG.log(
          Level.WARNING, "reading {0} anew, its index file is not usable: {1}", segment.file(), e);
    }
    return PackSection.FILE_HEADER.length;
  }

  /** Takes over what an index file says, and asks that file from now on. */
  private void learn(PackSegment segment, PackSidecar sidecar) {
    SortedIndex index = new SortedIndex(segment.sidecar(), segment.number(), sidecar);
    for (int i = 0; i < sidecar.count(); i++) {
      PackIndex.Entry entry = sidecar.entry(i);
      segment.sectionAdded();
      if (tombstones.isDead(entry.place())) {
        index.bury(i);
      } else {
        segment.blockGained(entry.place());
        lostTo(catalog.putSealed(entry));
      }
    }
    segment.index(index);
  }

  private long scan(PackSegment segment, long from) throws IOException {
    try (FileChannel channel = FileChannel.open(segment.file(), StandardOpenOption.READ)) {
      PackScanner scanner = new PackScanner(channel);
      long end = scanner.scan(from, (start, section) -> found(segment, start, section));
      if (scanner.damagedBytes() > 0 || scanner.gaveUp()) {
        LOG.log(
            Level.WARNING,
            "{0} is damaged: {1} bytes between its blocks are none{2}; the blocks are kept",
            segment.file(),
            scanner.damagedBytes(),
            scanner.gaveUp() ? ", and what follows byte " + end + " was not searched" : "");
      }
      if (scanner.gaveUp()) {
        segment.retire();
        return segment.end();
      }
      return end;
    }
  }

  private void found(PackSegment segment, long start, PackSection section) {
    int offset = Math.toIntExact(start + section.prefix());
    Multihash hash = section.cid().multihash();
    PackIndex.Place place =
        new PackIndex.Place(
            segment.number(), offset, section.prefix(), section.length(), !hash.isKey());
    found(segment, new PackIndex.Entry(hash.key(), place));
  }

  private void found(PackSegment segment, PackIndex.Entry entry) {
    segment.sectionAdded();
    if (!tombstones.isDead(entry.place())) {
      segment.blockGained(entry.place());
      lostTo(catalog.put(entry.digest(), entry.place()));
    }
  }

  /** A block lies in a newer segment as well, or twice in one: where it was found first is dead. */
  private void lostTo(PackIndex.@Nullable Place older) {
    PackSegment holder = older == null ? null : segments.get(older.segment());
    if (older != null && holder != null) {
      holder.blockLost(older);
    }
  }

  /**
   * Cuts off what is no whole block, and flushes the rest: a put that finds its block here must not
   * count on the flush of a process that was killed before it.
   */
  private void secure(PackSegment segment, long end) throws IOException {
    try (PackFiles.Appender appender = files.open(segment.file())) {
      if (end < segment.end()) {
        LOG.log(
            Level.INFO,
            "cutting {0} bytes that are no whole block off the end of {1}",
            segment.end() - end,
            segment.file());
        appender.truncate(end);
        segment.end(end);
      }
      appender.sync();
    }
  }

  /** Writes the index file of a segment whose blocks are on the disk, and uses it from now on. */
  static void writeSidecar(PackSegment segment, PackCatalog catalog, PackFiles files) {
    try {
      PackSidecar.write(files, segment, segment.end(), catalog.ofSegment(segment));
      PackSidecar written = PackSidecar.read(segment.sidecar(), segment.number(), segment.end());
      catalog.seal(segment, written);
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "no index file for {0}, its blocks stay in memory and the next start reads it: {1}",
          segment.file(),
          e);
    }
  }

  private void dropDeadSegments() {
    for (PackSegment segment : segments.all().stream().filter(PackSegment::isDead).toList()) {
      segments.drop(segment);
      catalog.forget(segment);
    }
  }

  /** Removes what was being written, and index files without a segment. */
  private void sweep() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        boolean orphan =
            name.matches("segment-\\d{10}\\.idx")
                && !Files.exists(directory.resolve(name.replace(".idx", ".car")));
        if (orphan || name.endsWith(DiskFiles.TEMPORARY)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
