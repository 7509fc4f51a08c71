package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import org.jspecify.annotations.Nullable;

/**
 * Whether an entry of a directory that is fetched is here: a file, a directory with all below it, a
 * link or what is not UnixFS.
 *
 * @param cid of the entry
 * @param data what is here
 */
record EntryArrival(Cid cid, LocalData data) implements DataFetch.Arrival {
  @Override
  public boolean isWhole() {
    return data.holds(cid);
  }

  @Override
  public long size() {
    UnixFsFile file = file();
    return file == null ? -1 : file.size();
  }

  @Override
  public long missingFrom(long from) {
    UnixFsFile file = file();
    return file == null ? from : new UnixFsReader(data.blocks()).firstMissing(file, from);
  }

  private @Nullable UnixFsFile file() {
    try {
      return new UnixFsReader(data.blocks()).entry(cid) instanceof UnixFsFile file ? file : null;
    } catch (BlockNotFoundException | MalformedBlockException e) {
      return null; // nothing of it is here, or it can have no part
    }
  }
}
