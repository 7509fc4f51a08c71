package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Cid;

/** What a CID is in UnixFS. */
public sealed interface UnixFsEntry permits UnixFsFile, UnixFsDirectory, UnixFsSymlink {
  /**
   * Its root block.
   *
   * @return the CID
   */
  Cid cid();
}
