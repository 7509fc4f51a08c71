package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Cid;

/**
 * A file.
 *
 * @param cid its root block
 * @param size bytes, as its root says; checked against every block that is read
 * @param mtimeSeconds last change in seconds since 1970, negative before, or 0 when unknown
 * @param mode Unix permissions, or -1 when unknown
 */
public record UnixFsFile(Cid cid, long size, long mtimeSeconds, int mode) implements UnixFsEntry {}
