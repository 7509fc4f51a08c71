package dev.limpet.wasmhost.data;

import java.util.Objects;

/**
 * One line of a directory listing.
 *
 * @param name as stored; not empty
 * @param inode as {@link DataNode#inode()} of the node
 * @param kind what the node is; it depends on the data alone, never on what is at hand
 */
public record DataEntry(String name, long inode, Kind kind) {

  /** What an entry is. */
  public enum Kind {
    /** A {@link DataFile}. */
    FILE,
    /** A {@link DataDirectory}. */
    DIRECTORY,
    /** A {@link DataLink}. */
    LINK
  }

  /** Checks the name. */
  public DataEntry {
    Objects.requireNonNull(kind);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a directory entry needs a name");
    }
  }
}
