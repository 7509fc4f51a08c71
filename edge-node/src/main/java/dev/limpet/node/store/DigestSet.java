package dev.limpet.node.store;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.DigestTable;
import java.nio.ByteBuffer;

/**
 * A set of blocks, each known by the first half of its key ({@link
 * dev.limpet.content.cid.Multihash#key}); if two ever looked like one, one would be kept longer
 * than needed.
 *
 * <p>Not for use by several threads.
 */
final class DigestSet {
  private final DigestTable table = new DigestTable();

  int size() {
    return table.size();
  }

  /** Returns whether the block was not in it before; identity CIDs never are. */
  boolean add(Cid cid) {
    return !cid.isIdentity() && add(cid.multihash().key());
  }

  /** Returns whether the key of a block was not in it before. */
  boolean add(byte[] key) {
    ByteBuffer bytes = ByteBuffer.wrap(key);
    return table.add(bytes.getLong(), bytes.getLong());
  }

  boolean contains(byte[] key) {
    ByteBuffer bytes = ByteBuffer.wrap(key);
    return table.contains(bytes.getLong(), bytes.getLong());
  }

  /** Adds all of another set. */
  void addAll(DigestSet other) {
    table.addAll(other.table);
  }
}
