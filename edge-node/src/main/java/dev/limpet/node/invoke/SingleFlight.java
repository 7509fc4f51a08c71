package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread do what several want done at the same time. The others wait, look again whether
 * it is done, and else do it themselves: a failure may be the first one's own, such as a deadline.
 */
final class SingleFlight<K> {
  private final ConcurrentHashMap<K, CompletableFuture<@Nullable Void>> flights =
      new ConcurrentHashMap<>();

  /**
   * Does it, or waits until somebody has tried.
   *
   * @return whether this call did it
   * @throws LimpetException {@code out-of-time} when waiting took too long; and what the action
   *     throws
   */
  boolean run(K key, Deadline deadline, Runnable action) {
    CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable Void> other = flights.putIfAbsent(key, mine);
    if (other != null) {
      await(other, deadline);
      return false;
    }
    try {
      action.run();
      return true;
    } finally {
      flights.remove(key, mine);
      mine.complete(null);
    }
  }

  private static void await(CompletableFuture<@Nullable Void> other, Deadline deadline) {
    try {
      Void _ = other.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw Deadline.passed("while another call fetched the same");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a flight has no result to fail", e);
    }
  }
}
