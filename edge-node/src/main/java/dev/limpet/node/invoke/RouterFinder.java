package dev.limpet.node.invoke;

import dev.limpet.node.retrieval.DelegatedRouter;
import java.util.ArrayList;
import java.util.List;

/**
 * A delegated router. It is asked for the root, since providers announce roots; whom it names is
 * asked as the gateways are that the owner lists.
 *
 * @param router which
 * @param sources how it and the gateways are asked
 */
record RouterFinder(DelegatedRouter router, Sources sources) implements DataFinder {
  @Override
  public List<DataSource> find(DataFetch.Order order) {
    order.check();
    List<DataSource> found = new ArrayList<>();
    sources
        .routers()
        .find(router, order.ref().root(), order.deadline().left())
        .forEach(
            gateway -> found.add(new OutsideSource(gateway, sources.outside(), sources.data())));
    return found;
  }

  /** As it is named in messages. */
  @Override
  public String toString() {
    return router.toString();
  }
}
