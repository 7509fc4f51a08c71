package dev.limpet.gateway.placement;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Asks one node after another for what each of them should have, until one gives it.
 *
 * @param <T> what is wanted
 */
public final class NodesInTurn<T> {
  private final Iterator<NodeLink> nodes;
  private final long endNanos;
  private final Question<T> question;
  private final Predicate<Throwable> goesOn;

  /** What is asked of each. */
  @FunctionalInterface
  public interface Question<T> {
    /**
     * Asks one.
     *
     * @param left the time that there is for its answer, at least a millisecond
     */
    Future<T> ask(NodeLink node, Duration left);
  }

  private NodesInTurn(
      Iterator<NodeLink> nodes, long endNanos, Question<T> question, Predicate<Throwable> goesOn) {
    this.nodes = nodes;
    this.endNanos = endNanos;
    this.question = question;
    this.goesOn = goesOn;
  }

  /**
   * What the first of these gives that gives it; fails as the last of them that was asked.
   *
   * @param nodes at least one, in the order in which they are asked
   * @param time for all of them together
   * @param goesOn whether another may do better when one failed with this
   */
  public static <T> Future<T> ask(
      List<NodeLink> nodes, Duration time, Question<T> question, Predicate<Throwable> goesOn) {
    long endNanos = System.nanoTime() + time.toNanos();
    return new NodesInTurn<>(nodes.iterator(), endNanos, question, goesOn).next(time);
  }

  private Future<T> next(Duration left) {
    return question.ask(nodes.next(), left).recover(this::after);
  }

  private Future<T> after(Throwable why) {
    Duration left = Duration.ofNanos(endNanos - System.nanoTime());
    return goesOn.test(why) && nodes.hasNext() && left.toMillis() > 0
        ? next(left)
        : Future.failedFuture(why);
  }
}
