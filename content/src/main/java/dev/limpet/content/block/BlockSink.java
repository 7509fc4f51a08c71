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
}
