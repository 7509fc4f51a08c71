package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Cid;

/**
 * A name in a directory. What it is takes a look at its block: {@link UnixFsReader#entry}.
 *
 * @param name from a stranger; may hold anything but is never empty
 * @param cid what it names
 * @param tsize bytes of all blocks below it, as the directory says; never relied on
 */
public record DirectoryEntry(String name, Cid cid, long tsize) {}
