package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Cid;

/**
 * A directory, flat or a HAMT.
 *
 * @param cid its root block
 * @param mtimeSeconds last change in seconds since 1970, negative before, or 0 when unknown
 * @param mode Unix permissions, or -1 when unknown
 */
public record UnixFsDirectory(Cid cid, long mtimeSeconds, int mode) implements UnixFsEntry {}
