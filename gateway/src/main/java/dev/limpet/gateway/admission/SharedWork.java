package dev.limpet.gateway.admission;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Work that is done once for all who want the same at the same time. Of two who come at once both
 * may begin it.
 *
 * @param <K> what is wanted
 * @param <V> what comes of it
 */
public final class SharedWork<K, V> {
  private final Map<K, Future<V>> running = new ConcurrentHashMap<>();

  /** What comes of the work on {@code key} that runs, or of {@code begin} when none does. */
  public Future<V> of(K key, Supplier<Future<V>> begin) {
    Future<V> same = running.get(key);
    if (same != null) {
      return here(same);
    }
    Future<V> begun = begin.get();
    if (!begun.isComplete()) {
      running.put(key, begun);
      begun.onComplete(_ -> running.remove(key, begun));
    }
    return begun;
  }

  /** A future of another event loop, as one of this. */
  private static <V> Future<V> here(Future<V> there) {
    Context context = Vertx.currentContext();
    return context == null ? there : Future.fromCompletionStage(there.toCompletionStage(), context);
  }
}
