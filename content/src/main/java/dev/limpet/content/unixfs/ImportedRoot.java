package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Cid;

/**
 * What an import made.
 *
 * @param cid the root
 * @param size bytes of all files
 * @param dagSize bytes of all blocks, repeated ones counted each time (the Tsize of the root)
 */
public record ImportedRoot(Cid cid, long size, long dagSize) {}
