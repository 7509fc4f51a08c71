package dev.limpet.content.block;

/** Takes blocks. */
@FunctionalInterface
public interface BlockSink {
  /**
   * Takes a block; taking one that is already there changes nothing.
   *
   * @param block the block, whose bytes are known to match its CID
   * @throws QuotaExceededException when it does not fit
   * @throws StoreFailedException when it cannot be written
   */
  void put(Block block);

  /**
   * Whether nothing of a block is held here once {@link #put} has returned, so that whoever makes
   * many blocks may fill the same array with the next one.
   *
   * @return false unless a sink says otherwise
   */
  default boolean holdsNothing() {
    return false;
  }
}
