package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocks in a folder of append-only segment files, each of which is a CARv1 that any IPFS tool
 * reads. What holds at every moment:
 *
 * <ul>
 *   <li><b>The catalog says what is here</b> ({@link PackCatalog}, about eight bytes of memory a
 *       block). A block enters it after its section is written, and leaves it before its segment
 *       goes; so a reader that finds a place finds the block there, or finds that the place has
 *       changed.
 *   <li><b>A byte of a segment is written once.</b> A segment that is full is flushed, gets a
 *       sorted index file and is never written again. Only the end of the newest one is ever cut,
 *       at the start.
 *   <li><b>Durable is what was put before a {@link #sync} that returned.</b> A kill of the process
 *       loses at most the block that was being written; a power cut may take what was not synced,
 *       and the start finds out by hashing what no index file covers ({@link PackRecovery}).
 *   <li><b>Bytes are hashed when they enter the process:</b> by {@link Block#verified} from the
 *       network, in {@link #get} from the disk. A block that is damaged on the disk is reported
 *       once, and then is not here, so that it can be put again.
 *   <li><b>The quota counts what the disk really holds,</b> overheads and dead blocks included. A
 *       delete marks a block dead; its space is free when its segment goes: at once when nothing in
 *       it lives, else when the segment is at least half dead, by copying what lives ({@link
 *       #compact}, or a put that needs the room). Puts leave room for that copy.
 *   <li><b>One process</b> has the folder, by a lock that dies with it.
 * </ul>
 *
 * <p>Locks: {@code writing} covers every change; readers take none but the short ones inside index
 * and segment. The writer's flush lock is taken after it.
 */
public final class PackBlockstore implements Blockstore {
  private static final Logger LOG = System.getLogger(PackBlockstore.class.getName());
  private static final String LOCK_FILE = "lock";
  static final String TOMBSTONES_FILE = "deleted.log";

  private final Parts parts;
  private final PackCatalog catalog;
  private final PackSegments segments;
  private final PackWriter writer;
  private final PackRoom room;
  private final DirectoryLock directoryLock;
  private final Lock writing = new ReentrantLock();
  private volatile @Nullable Consumer<Cid> onEvict;
  private volatile LongSupplier counted = () -> 0;
  private volatile boolean closed;

  /** What the parts of a store share. */
  record Parts(
      Path directory,
      PackOptions options,
      PackFiles files,
      PackCatalog catalog,
      PackSegments segments,
      PackTombstones tombstones) {}

  private PackBlockstore(Parts parts, PackWriter writer, DirectoryLock directoryLock) {
    this.parts = parts;
    this.catalog = parts.catalog();
    this.segments = parts.segments();
    this.writer = writer;
    this.room = new PackRoom(parts, writer, this::storedBytes);
    this.directoryLock = directoryLock;
  }

  /**
   * Opens a folder, creating it when it is absent.
   *
   * @param directory the folder; nothing else should be kept in it
   * @param options quota and segment size
   * @return the store
   * @throws StoreFailedException when another process has it, or it cannot be read, with the
   *     folder's name
   */
  public static PackBlockstore open(Path directory, PackOptions options) {
    return open(directory, options, new DiskFiles());
  }

  static PackBlockstore open(Path directory, PackOptions options, PackFiles files) {
    try {
      Files.createDirectories(directory);
      DirectoryLock lock = DirectoryLock.acquire(directory.resolve(LOCK_FILE), directory);
      try {
        return load(directory, options, files, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StoreFailedException("cannot open the block store " + directory + ": " + e, e);
    }
  }

  private static PackBlockstore load(
      Path directory, PackOptions options, PackFiles files, DirectoryLock lock) throws IOException {
    PackTombstones tombstones = PackTombstones.open(directory.resolve(TOMBSTONES_FILE), files);
    PackSegments segments = new PackSegments();
    Parts parts =
        new Parts(directory, options, files, new PackCatalog(segments), segments, tombstones);
    try {
      int highest = new PackRecovery(parts).run();
      PackWriter writer = new PackWriter(parts, highest);
      PackSegment newest = parts.segments().newest();
      if (newest != null) {
        writer.resume(newest);
      }
      return new PackBlockstore(parts, writer, lock);
    } catch (IOException | RuntimeException e) {
      tombstones.close();
      throw e;
    }
  }

  /**
   * Says who hears of blocks that a cache pushed out. Called after they are gone, by the thread
   * whose put needed the room; it must not throw.
   *
   * @param listener receives each CID as it was put
   */
  public void onEvict(Consumer<Cid> listener) {
    onEvict = listener;
  }

  @Override
  public void put(Block block) {
    requireOpen();
    Multihash hash = block.cid().multihash();
    if (hash.isIdentity()) {
      return;
    }
    byte[] digest = hash.key();
    List<Cid> evicted = new ArrayList<>();
    writing.lock();
    try {
      requireOpen();
      writer.requireHealthy();
      if (catalog.find(digest) != null) {
        return;
      }
      room.make(block, evicted);
      catalog.put(digest, writer.append(block.cid(), block.bytes()));
      writer.flushWhenMuch();
    } finally {
      writing.unlock();
      tell(evicted);
    }
  }

  /** The bytes are in the file by then. */
  @Override
  public boolean holdsNothing() {
    return true;
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    return get(cid, byte[]::new);
  }

  @Override
  public byte @Nullable [] getPassing(Cid cid, PassingBlocks read) {
    return get(cid, read::array);
  }

  private byte @Nullable [] get(Cid cid, IntFunction<byte[]> arrays) {
    requireOpen();
    if (cid.isIdentity()) {
      return cid.multihash().digest();
    }
    Multihash hash = cid.multihash();
    if (!hash.isVerifiable()) {
      return null;
    }
    byte[] digest = hash.key();
    while (true) {
      PackIndex.Place place = find(hash, digest);
      if (place == null) {
        return null;
      }
      byte[] bytes = read(place, arrays);
      if (bytes != null) {
        return checked(cid, digest, place, bytes);
      }
      // The segment went between the two looks; the index knows by now where the block is.
      requireOpen();
    }
  }

  /** Where a block is; null where another one has its digest as key. */
  private PackIndex.@Nullable Place find(Multihash hash, byte[] digest) {
    PackIndex.Place place = catalog.find(digest);
    return place != null && place.fits(hash) ? place : null;
  }

  private byte @Nullable [] read(PackIndex.Place place, IntFunction<byte[]> arrays) {
    PackSegment segment = segments.get(place.segment());
    try {
      return segment == null ? null : segment.read(place.offset(), arrays.apply(place.length()));
    } catch (IOException e) {
      throw new StoreFailedException("cannot read from " + segment.file() + ": " + e, e);
    }
  }

  private byte[] checked(Cid cid, byte[] digest, PackIndex.Place place, byte[] bytes) {
    if (!cid.multihash().matches(bytes)) {
      catalog.remove(digest, place);
      LOG.log(
          Level.WARNING,
          "block {0} in segment {1} at {2} is damaged; it counts as missing from now on",
          cid,
          place.segment(),
          place.offset());
      throw new HashMismatchException(cid);
    }
    return bytes;
  }

  @Override
  public boolean has(Cid cid) {
    return sizeOf(cid) >= 0;
  }

  @Override
  public long sizeOf(Cid cid) {
    requireOpen();
    if (cid.isIdentity()) {
      return cid.multihash().digestLength();
    }
    if (!cid.multihash().isVerifiable()) {
      return -1;
    }
    PackIndex.Place place = find(cid.multihash(), cid.multihash().key());
    return place == null ? -1 : place.length();
  }

  @Override
  public void delete(Cid cid) {
    requireOpen();
    if (cid.isIdentity()) {
      return;
    }
    byte[] digest = cid.multihash().key();
    writing.lock();
    try {
      requireOpen();
      writer.requireHealthy();
      PackIndex.Place place = find(cid.multihash(), digest);
      PackSegment segment = place == null ? null : segments.get(place.segment());
      if (place == null || segment == null) {
        return;
      }
      writer.mark(place);
      if (catalog.remove(digest, place)) {
        segment.blockLost(place);
      }
      if (segment.isDead()) {
        room.drop(segment);
      }
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void sync() {
    requireOpen();
    writer.sync();
  }

  /**
   * Says what else counts against the quota, such as a file of pins.
   *
   * @param bytes what it takes of the disk now
   */
  public void alsoCount(LongSupplier bytes) {
    counted = bytes;
  }

  /** Bytes on the disk: segments, index files, dead blocks and the log of deletes, and others. */
  @Override
  public long storedBytes() {
    return segments.storedBytes() + counted.getAsLong();
  }

  @Override
  public long quotaBytes() {
    return parts.options().quotaBytes();
  }

  /**
   * How many blocks are here.
   *
   * @return blocks
   */
  public long blocks() {
    return catalog.size();
  }

  /**
   * Bytes of blocks that count, without what is deleted and waits to be overwritten.
   *
   * @return at most {@link #storedBytes}
   */
  public long liveBytes() {
    writing.lock();
    try {
      return segments.all().stream().mapToLong(PackSegment::liveBytes).sum();
    } finally {
      writing.unlock();
    }
  }

  /**
   * Begins a collection of garbage.
   *
   * @return no block is marked yet
   */
  public PackSweep beginSweep() {
    writing.lock();
    try {
      requireOpen();
      return new PackSweep(catalog, List.copyOf(segments.all()));
    } finally {
      writing.unlock();
    }
  }

  /**
   * Visits the blocks that are here. One that comes, goes or moves meanwhile may be missed.
   *
   * @param visitor gets the CID of each, of version 1 and raw where its hash is SHA2-256; may call
   *     any method of this store
   */
  public void visitBlocks(Consumer<Cid> visitor) {
    beginSweep().visitUnmarked(visitor);
  }

  /**
   * Gives back space of deleted blocks, a step of it: reads go on, and puts wait no longer than for
   * the step.
   *
   * @param bytes how much to copy in this step
   * @return false when nothing is left that is worth it
   */
  public boolean compact(long bytes) {
    boolean whole;
    writing.lock();
    try {
      requireOpen();
      writer.requireHealthy();
      if (!room.copy(bytes)) {
        return false;
      }
      whole = room.isCopied();
    } finally {
      writing.unlock();
    }
    if (whole) {
      writer.sync();
      writing.lock();
      try {
        room.dropCopied();
      } finally {
        writing.unlock();
      }
    }
    return true;
  }

  private void tell(List<Cid> evicted) {
    Consumer<Cid> listener = onEvict;
    if (listener != null) {
      evicted.forEach(listener);
    }
  }

  // ---- the end ----

  private void requireOpen() {
    if (closed) {
      throw new StoreFailedException("the block store " + parts.directory() + " is closed");
    }
  }

  @Override
  public void close() {
    writing.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      try {
        writer.close();
      } finally {
        closeFiles();
      }
    } finally {
      writing.unlock();
    }
  }

  private void closeFiles() {
    List<IOException> failures = new ArrayList<>(segments.close());
    for (Closeable file : List.<Closeable>of(parts.tombstones()::close, directoryLock::close)) {
      try {
        file.close();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    for (IOException failure : failures) {
      LOG.log(Level.WARNING, "closing {0}: {1}", parts.directory(), failure);
    }
  }
}
