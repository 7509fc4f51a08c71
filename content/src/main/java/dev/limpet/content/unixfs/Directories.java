package dev.limpet.content.unixfs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads directories, flat and sharded, in the order of their name bytes. */
final class Directories {
  /** Entries of one directory that are listed; looking up one name has no such limit. */
  static final int MAX_LISTED_ENTRIES = 1_000_000;

  /**
   * Entries of sorted listings that one reader keeps between pages: some 7 MB. A larger directory
   * is read anew for each page, and only the page is kept.
   */
  static final int MAX_KEPT_ENTRIES = 1 << 15;

  /**
   * A name that is listed: file systems take 255 bytes, and a HAMT of names of 2 MiB each would
   * fill the memory. Looking up one name has no such limit.
   */
  static final int MAX_LISTED_NAME_CHARS = 4096;

  /** What a usual name has; longer ones count as several entries. */
  private static final int USUAL_NAME_CHARS = 128;

  // Those that Comparator makes are generated at each start, a millisecond and 70 KiB each.
  private static final Comparator<String> BY_BYTES =
      (one, other) ->
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

  private final BlockSource blocks;
  private final Hamt hamt;
  private final Cache<Cid, Listing> listings =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT_ENTRIES)
          .weigher((Cid _, Listing listing) -> listing.weight + 1)
          .executor(Runnable::run)
          .build();

  Directories(BlockSource blocks) {
    this.blocks = blocks;
    this.hamt = new Hamt(blocks);
  }

  DirectoryPage list(Cid directory, @Nullable String after, int limit) {
    Listing known = listings.getIfPresent(directory);
    if (known != null) {
      return page(known.entries, after, limit);
    }
    Listing listing = new Listing(after, limit);
    PbNode node = node(directory);
    if (isSharded(directory, node)) {
      hamt.forEach(directory, listing::add);
    } else {
      for (PbLink link : node.links()) {
        listing.add(new DirectoryEntry(link.name(), link.cid(), link.tsize()));
      }
    }
    if (listing.whole) {
      listings.put(directory, listing);
    }
    return page(listing.entries, after, limit);
  }

  private static DirectoryPage page(
      TreeMap<String, DirectoryEntry> entries, @Nullable String after, int limit) {
    var rest = after == null ? entries : entries.tailMap(after, false);
    List<DirectoryEntry> page = rest.values().stream().limit(limit).toList();
    boolean last = page.isEmpty() || entries.lastKey().equals(page.getLast().name());
    return new DirectoryPage(page, last);
  }

  /**
   * Sorts the entries of one directory: all of them as long as they are few, then only those of one
   * page and one more, which tells that others follow.
   */
  private static final class Listing {
    private final TreeMap<String, DirectoryEntry> entries = new TreeMap<>(BY_BYTES);
    private final @Nullable String after;
    private final int limit;
    private boolean whole = true;
    private int seen;
    private int weight;

    Listing(@Nullable String after, int limit) {
      this.after = after;
      this.limit = limit;
    }

    /** The first of two equal names wins, as it does in a look-up. */
    void add(DirectoryEntry entry) {
      if (++seen > MAX_LISTED_ENTRIES) {
        throw new ContentLimitException(
            "a directory has more than " + MAX_LISTED_ENTRIES + " entries");
      }
      if (entry.name().length() > MAX_LISTED_NAME_CHARS) {
        throw new ContentLimitException(
            "a directory has a name of %d characters; at most %d are listed"
                .formatted(entry.name().length(), MAX_LISTED_NAME_CHARS));
      }
      if (entry.name().isEmpty() || (!whole && !follows(entry.name()))) {
        return;
      }
      if (entries.putIfAbsent(entry.name(), entry) == null) {
        weight += 1 + entry.name().length() / USUAL_NAME_CHARS;
      }
      if (whole && weight > MAX_KEPT_ENTRIES) {
        whole = false;
        if (after != null) {
          entries.headMap(after, true).clear();
        }
      }
      while (!whole && entries.size() - 1 > limit) {
        entries.pollLastEntry();
      }
    }

    private boolean follows(String name) {
      return after == null || BY_BYTES.compare(name, after) > 0;
    }
  }

  @Nullable DirectoryEntry lookup(Cid directory, String name) {
    PbNode node = node(directory);
    if (isSharded(directory, node)) {
      return hamt.lookup(directory, name);
    }
    for (PbLink link : node.links()) {
      if (link.name().equals(name)) {
        return new DirectoryEntry(name, link.cid(), link.tsize());
      }
    }
    return null;
  }

  private PbNode node(Cid directory) {
    byte[] block = blocks.get(directory);
    if (block == null) {
      throw new BlockNotFoundException(directory);
    }
    return DagPb.decode(block);
  }

  private static boolean isSharded(Cid cid, PbNode node) {
    byte[] message = node.data();
    if (message == null) {
      throw new MalformedBlockException(cid + " is not UnixFS: it has no data");
    }
    return switch (UnixFsData.decode(message).type()) {
      case HAMT_SHARD -> true;
      case DIRECTORY -> false;
      case RAW, FILE, METADATA, SYMLINK ->
          throw new MalformedBlockException(cid + " is not a directory");
    };
  }
}
