package dev.limpet.node.memo;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import java.nio.ByteBuffer;

/**
 * A Task's CID in 48 bytes of memory, where a {@link Cid} has some 120, and as many again once it
 * was written as text. A Task is always CIDv1, dag-cbor, SHA-256, so that its digest says all.
 *
 * @param first its first eight bytes
 * @param second the next eight
 * @param third the next eight
 * @param fourth its last eight
 */
record TaskDigest(long first, long second, long third, long fourth) {
  /**
   * The digest of a Task.
   *
   * @throws IllegalArgumentException for a CID that no Task has
   */
  static TaskDigest of(Cid task) {
    Multihash hash = task.multihash();
    if (task.version() != 1 || task.codec() != Multicodec.DAG_CBOR || !hash.isKey()) {
      throw new IllegalArgumentException("not the CID of a Task: " + task);
    }
    return new TaskDigest(hash.word(0), hash.word(1), hash.word(2), hash.word(3));
  }

  /** The CID of the Task. */
  Cid cid() {
    ByteBuffer digest = ByteBuffer.allocate(Multihash.KEY_BYTES);
    digest.putLong(first).putLong(second).putLong(third).putLong(fourth);
    return Cid.v1(Multicodec.DAG_CBOR, Multihash.of(Multicodec.SHA2_256, digest.array()));
  }

  /** Any part of a hash is one. */
  @Override
  public int hashCode() {
    return (int) first;
  }
}
