package dev.limpet.node.invoke;

import dev.limpet.node.invoke.DataSource.Part;
import org.jspecify.annotations.Nullable;

/**
 * What one of several sources gives at once.
 *
 * @param part bytes of a file, or all below an entry of a directory
 * @param arrival whether it is here
 * @param weight how many times as long as others it may take, as far as that is known
 */
record Share(Part part, DataFetch.Arrival arrival, long weight) {
  /** What is not here of it, or null. */
  @Nullable Part rest() {
    if (part.to() == DataSource.END) {
      return arrival.isWhole() ? null : DataFetch.rest(part.ref(), arrival);
    }
    long from = arrival.missingFrom(part.from());
    return from >= part.to() ? null : new Part(part.ref(), from, part.to());
  }
}
