package dev.limpet.wasmhost.wasi;

/** A thing in the guest's file systems: data, which is read-only, or scratch. */
sealed interface FsNode permits FsFile, FsDirectory, FsLink {

  /** Number of the file system. */
  long device();

  long inode();

  /** Nanoseconds since 1970. */
  long modifiedNanos();

  /** Nanoseconds since 1970; reading does not change it. */
  default long accessedNanos() {
    return modifiedNanos();
  }

  /** Names that lead to it: none when it was removed while it is open. */
  default int links() {
    return 1;
  }

  /** Type as preview 1 numbers them. */
  int type();
}
