package dev.limpet.node.invoke;

import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.LimpetException;

/** Port: somebody who may have data of a call, and is not believed. */
interface DataSource {
  /** To the end of a file, or everything below a directory. */
  long END = -1;

  /**
   * What to fetch: the blocks that lead to something, and those of it.
   *
   * @param ref what
   * @param from the first byte when it is a file; 0 for everything
   * @param to the byte behind the last, or {@link #END}
   */
  record Part(DataRef ref, long from, long to) {
    /** Path and query that name it to a trustless gateway. */
    String carTarget() {
      String bytes =
          from == 0 && to == END
              ? ""
              : "&entity-bytes=" + from + ":" + (to == END ? "*" : Long.toString(to - 1));
      return "/ipfs/" + ref.toEncoded() + "?format=car" + bytes;
    }
  }

  /**
   * Takes the blocks of a part here, each checked and counted, as far as they come.
   *
   * @throws LimpetException {@code not-found} when the source says that it has nothing, {@code
   *     cancelled}, {@code out-of-time}, or what went wrong on the way
   * @throws dev.limpet.content.block.ContentException when what it sends is not what was asked for,
   *     or more than may travel
   */
  void fetch(Part part, DataFetch.Order order);
}
