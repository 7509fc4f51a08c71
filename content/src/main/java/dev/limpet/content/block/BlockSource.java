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
}
