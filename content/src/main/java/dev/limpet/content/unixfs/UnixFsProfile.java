package dev.limpet.content.unixfs;

/** Everything that decides which CID a file or directory gets (IPIP-499). */
public enum UnixFsProfile {
  /** {@code unixfs-v1-2025}: CIDv1, raw leaves of 1 MiB, 1024 links a node, HAMT above 256 KiB. */
  V1_2025(1 << 20, 1024, 256 << 10);

  /** Children of a HAMT shard: one byte of the hash a level. */
  static final int HAMT_FANOUT = 256;

  private final int chunkBytes;
  private final int width;
  private final int directoryBytes;

  UnixFsProfile(int chunkBytes, int width, int directoryBytes) {
    this.chunkBytes = chunkBytes;
    this.width = width;
    this.directoryBytes = directoryBytes;
  }

  /**
   * Size of a leaf; the last one of a file may be smaller.
   *
   * @return bytes
   */
  public int chunkBytes() {
    return chunkBytes;
  }

  /**
   * Links of an inner node of a file.
   *
   * @return at most this many
   */
  public int width() {
    return width;
  }

  /**
   * A directory whose block would be larger becomes a HAMT.
   *
   * @return bytes of the serialized dag-pb node
   */
  public int directoryBytes() {
    return directoryBytes;
  }
}
