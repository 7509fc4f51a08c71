package dev.limpet.node.invoke;

import dev.limpet.protocol.LimpetException;
import java.util.List;

/** Port: somebody who may know who else has data of a call, and is not believed. */
interface DataFinder {
  /**
   * Who may have it, to be asked in this order; nobody when that is not known.
   *
   * @throws LimpetException {@code cancelled}, {@code out-of-time}, or what went wrong on the way
   */
  List<DataSource> find(DataFetch.Order order);
}
