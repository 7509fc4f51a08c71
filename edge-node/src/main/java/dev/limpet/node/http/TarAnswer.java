package dev.limpet.node.http;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A file or a tree as a tar file, everything below a folder that has the name of its CID. The tree
 * is walked once before the answer begins, so that what is not here, is too much, or would be
 * unpacked elsewhere is a proper error.
 */
final class TarAnswer {

  private final NodeStore store;
  private final BlockSource data;
  private final TarTree tree;

  TarAnswer(NodeStore store, UnixFsReader reader) {
    this.store = store;
    this.data = store.data();
    this.tree = new TarTree(reader);
  }

  void answer(Asked asked) throws IOException {
    Exchange exchange = asked.exchange();
    Cid cid = asked.cid();
    if (cid.codec() != Multicodec.RAW && cid.codec() != Multicodec.DAG_PB) {
      throw new LimpetException(
          ErrorCode.NOT_ACCEPTABLE, cid + " is no file or directory, and so no tar file");
    }
    if (data.sizeOf(cid) < 0) {
      throw new BlockNotFoundException(cid);
    }
    store.requireWhole(cid);
    tree.check(cid.toString(), cid);
    if (asked.isUnchanged("W/\"" + cid + ".x-tar\"")) {
      return;
    }
    asked.disposition(false, cid + DataFormat.TAR.ending());
    exchange.set(HeaderNames.CONTENT_TYPE, DataFormat.TAR.type());
    if (exchange.isHead()) {
      exchange.answerHead(200, -1);
      return;
    }
    OutputStream out = exchange.chunks(200);
    tree.write(cid.toString(), cid, out);
    out.close();
  }
}
