package dev.limpet.wasmhost.data;

/**
 * A thing that a guest finds under a {@link DataMount}. Nodes are immutable: asking twice gives the
 * same answer. Any method may throw {@link DataUnavailableException}.
 */
public sealed interface DataNode permits DataFile, DataDirectory, DataLink {

  /** A number that depends on the content alone (a hash of its CID); the guest sees it as inode. */
  long inode();

  /** Time of last change, seconds since 1970 UTC, not negative; 0 when the data does not say. */
  long mtimeSeconds();
}
