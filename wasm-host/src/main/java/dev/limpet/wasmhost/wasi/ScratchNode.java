package dev.limpet.wasmhost.wasi;

/** What files and directories in {@code /tmp} have in common: a number, and times that are set. */
abstract sealed class ScratchNode permits ScratchFile, ScratchDirectory {

  /** Above the numbers of all mounts. */
  private static final long DEVICE = 1000;

  private final long inode;
  private long modifiedNanos;
  private long accessedNanos;
  private int links = 1;

  ScratchNode(ScratchSpace space, long nowNanos) {
    this.inode = space.newInode();
    setTimes(nowNanos, nowNanos);
  }

  /** That of {@code /tmp}. */
  public final long device() {
    return DEVICE;
  }

  /** Its own number. */
  public final long inode() {
    return inode;
  }

  /** When it was changed last, or what was set since. */
  public final long modifiedNanos() {
    return modifiedNanos;
  }

  /** When it was made, or what was set since: reading does not change it. */
  public final long accessedNanos() {
    return accessedNanos;
  }

  /** One, or none when its name is gone. */
  public final int links() {
    return links;
  }

  /** Its name is gone; what is open stays so. */
  final void removed() {
    links = 0;
  }

  /** It is changed now. */
  final void modifiedAt(long nowNanos) {
    modifiedNanos = nowNanos;
  }

  final void setTimes(long accessed, long modified) {
    accessedNanos = accessed;
    modifiedNanos = modified;
  }
}
