package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.UnixFsEntry;

/**
 * An input of a call whose data is here.
 *
 * @param mount where the guest sees it
 * @param entry a file or a directory
 * @param bytes of the file, or of all files below the directory; -1 when unknown
 */
record ResolvedInput(String mount, UnixFsEntry entry, long bytes) {
  /** CID of the file or directory, version 1. */
  Cid cid() {
    return entry.cid().toV1();
  }
}
