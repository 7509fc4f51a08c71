package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Cid;

/**
 * A symbolic link; this module never follows one.
 *
 * @param cid its block
 * @param target the path that it holds, from a stranger
 */
public record UnixFsSymlink(Cid cid, String target) implements UnixFsEntry {}
