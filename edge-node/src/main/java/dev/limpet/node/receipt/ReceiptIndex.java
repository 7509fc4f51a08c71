package dev.limpet.node.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.tlog.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Where in the log receipts stand: 64 bits of each digest, in an array for each bundle, so that a
 * bundle is forgotten as a whole. Who looks something up compares the CID itself.
 *
 * <p>One thread writes; others read.
 */
final class ReceiptIndex {
  private static final long NONE = -1;

  private final NavigableMap<Long, long[]> bundles = new ConcurrentSkipListMap<>();
  private long[] last = {}; // of the writer alone, as its index: the bundle that receipts come into
  private long lastBundle = NONE;

  void put(Cid receipt, long index) {
    long bundle = index / Tile.WIDTH;
    if (bundle != lastBundle) {
      last = bundles.computeIfAbsent(bundle, _ -> new long[Tile.WIDTH]);
      lastBundle = bundle;
    }
    last[(int) (index % Tile.WIDTH)] = key(receipt);
  }

  /** Places where that receipt may stand, the newest first. */
  List<Long> find(Cid receipt) {
    long key = key(receipt);
    List<Long> found = new ArrayList<>();
    bundles
        .descendingMap()
        .forEach(
            (bundle, keys) -> {
              for (int i = 0; i < keys.length; i++) {
                if (keys[i] == key) {
                  found.add(bundle * Tile.WIDTH + i);
                }
              }
            });
    return found;
  }

  /** The place before which there are no receipts. */
  long first() {
    Map.Entry<Long, long[]> first = bundles.firstEntry();
    return first == null ? 0 : first.getKey() * Tile.WIDTH;
  }

  /** Forgets what stands before a place. */
  void forget(long before) {
    bundles.headMap(before / Tile.WIDTH).clear();
    lastBundle = NONE;
  }

  void clear() {
    bundles.clear();
    lastBundle = NONE;
  }

  private static long key(Cid receipt) {
    return receipt.multihash().first64();
  }
}
