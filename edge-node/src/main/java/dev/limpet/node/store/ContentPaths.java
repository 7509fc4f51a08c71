package dev.limpet.node.store;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.DataRef;

/** Follows the names below a CID to the CID that they mean. Symbolic links are not followed. */
public final class ContentPaths {
  private final UnixFsReader reader;

  /** Reads directories from there. */
  public ContentPaths(BlockSource blocks) {
    this.reader = new UnixFsReader(blocks);
  }

  /**
   * The CID at the end of the path; the root itself without one, which is then not looked for.
   *
   * @throws PathNotFoundException when a name is not there, or is below something that is no
   *     directory
   * @throws dev.limpet.content.block.BlockNotFoundException when a block on the way is not here
   */
  public Cid resolve(DataRef data) {
    Cid cid = data.root();
    for (String name : data.path()) {
      if (!(reader.entry(cid) instanceof UnixFsDirectory directory)) {
        throw new PathNotFoundException(
            cid + " is no directory, so there is no '" + name + "' in it");
      }
      DirectoryEntry found = reader.lookup(directory, name);
      if (found == null) {
        throw new PathNotFoundException("the directory " + cid + " has no '" + name + "'");
      }
      cid = found.cid();
    }
    return cid;
  }
}
