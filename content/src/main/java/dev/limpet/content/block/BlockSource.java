package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import org.jspecify.annotations.Nullable;

/** Gives blocks whose bytes were checked against their CID when they entered the process. */
@FunctionalInterface
public interface BlockSource {
  /**
   * The bytes of a block. An identity CID is answered from itself.
   *
   * @param cid the block
   * @return its bytes, not to be modified, or null when the block is not here
   * @throws HashMismatchException when what is stored is not the block (corruption)
   * @throws StoreFailedException when it cannot be read
   */
  byte @Nullable [] get(Cid cid);

  /**
   * The bytes of a block that must be here.
   *
   * @param cid the block
   * @return its bytes, not to be modified
   * @throws BlockNotFoundException when it is not here
   */
  default byte[] require(Cid cid) {
    byte[] bytes = cid.isIdentity() ? cid.multihash().digest() : get(cid);
    if (bytes == null) {
      throw new BlockNotFoundException(cid);
    }
    return bytes;
  }

  /**
   * The same for one who reads many blocks in turn: it may come in the array of that read, and then
   * is valid until its next block is asked for.
   *
   * @param cid the block
   * @param read the read that it is a part of
   * @return its bytes, not to be modified, or null when the block is not here
   * @throws HashMismatchException when what is stored is not the block (corruption)
   * @throws StoreFailedException when it cannot be read
   */
  default byte @Nullable [] getPassing(Cid cid, PassingBlocks read) {
    return get(cid);
  }

  /**
   * The size of a block, without reading it where the source knows it.
   *
   * @param cid the block
   * @return bytes, or -1 when the block is not here
   * @throws StoreFailedException when it cannot be found out
   */
  default long sizeOf(Cid cid) {
    if (cid.isIdentity()) {
      return cid.multihash().digestLength();
    }
    byte[] bytes = get(cid);
    return bytes == null ? -1 : bytes.length;
  }

  /**
   * Whether the bytes of a block are in the memory of this process now, so that it costs neither a
   * read nor a hash to get them. It reads nothing, is no use of the block, and never fails.
   *
   * @param cid the block
   * @return true only when {@link #get} would find it, if nobody deletes it meanwhile
   */
  default boolean isInMemory(Cid cid) {
    return cid.isIdentity();
  }
}
