package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;

/** A block that is needed is not in the store. */
public final class BlockNotFoundException extends ContentException {
  private final transient Cid cid;

  /**
   * Creates the exception.
   *
   * @param cid the block that is missing
   */
  public BlockNotFoundException(Cid cid) {
    super("block " + cid + " is not here");
    this.cid = cid;
  }

  /**
   * The block that is missing.
   *
   * @return its CID
   */
  public Cid cid() {
    return cid;
  }
}
