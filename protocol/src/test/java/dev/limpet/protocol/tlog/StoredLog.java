package dev.limpet.protocol.tlog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A log in memory. */
public final class StoredLog implements HashSource {
  private final Map<List<Long>, TreeHash> hashes = new HashMap<>();
  private final Map<Integer, Long> counts = new HashMap<>();
  private final Frontier frontier = new Frontier(this::keep);
  private final List<byte[]> entries = new ArrayList<>();

  private void keep(int level, byte[] hash) {
    long index = counts.merge(level, 1L, Long::sum) - 1;
    hashes.put(List.of((long) level, index), TreeHash.of(hash));
  }

  /** Adds an entry. */
  public StoredLog add(byte[] entry) {
    entries.add(entry);
    frontier.add(TreeHash.leaf(entry));
    return this;
  }

  /** An entry. */
  public byte[] entry(int index) {
    return entries.get(index);
  }

  /** The frontier. */
  public Frontier frontier() {
    return frontier;
  }

  /** A checkpoint of the first so many entries. */
  public Checkpoint checkpoint(String origin, long size) {
    return new Checkpoint(origin, size, new TreeProofs(this).root(size));
  }

  @Override
  public TreeHash subtree(int level, long index) {
    TreeHash hash = hashes.get(List.of((long) level, index));
    if (hash == null) {
      throw new IllegalStateException("no subtree " + level + "/" + index);
    }
    return hash;
  }
}
