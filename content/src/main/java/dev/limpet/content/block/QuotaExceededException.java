package dev.limpet.content.block;

/** A block does not fit into the quota of its store; nothing of it was stored. */
public final class QuotaExceededException extends ContentException {
  private final long quotaBytes;

  /**
   * Creates the exception.
   *
   * @param quotaBytes the store's quota
   */
  public QuotaExceededException(long quotaBytes) {
    super("the store is full: its quota is " + quotaBytes + " bytes");
    this.quotaBytes = quotaBytes;
  }

  /**
   * The quota.
   *
   * @return bytes
   */
  public long quotaBytes() {
    return quotaBytes;
  }
}
