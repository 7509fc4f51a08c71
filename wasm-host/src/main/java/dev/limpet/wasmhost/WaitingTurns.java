package dev.limpet.wasmhost;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a permit to compute. Functions take turns, however many calls each of them has;
 * within a function, guests that have begun go before calls that have not, and else the first goes
 * first. Not for several threads at once, but for {@link #size()}.
 *
 * @param <T> a call that has no thread yet
 * @param <W> the thread of a guest that has begun
 */
final class WaitingTurns<T, W> {

  private final Map<Object, Line<T, W>> lines = new LinkedHashMap<>();
  private final AtomicInteger size = new AtomicInteger();

  /** A line is made for each call of a function that no other call of it waits before. */
  private static final int FEW = 1;

  private static final class Line<T, W> {
    private final Deque<T> calls = new ArrayDeque<>(FEW);
    private final Deque<W> begun = new ArrayDeque<>(FEW);

    boolean isEmpty() {
      return calls.isEmpty() && begun.isEmpty();
    }
  }

  /** The next in turn: one of the two. */
  record Next<T, W>(@Nullable T call, @Nullable W begun) {}

  /** How many wait. */
  int size() {
    return size.get();
  }

  /** A call waits to begin. */
  void addCall(Object function, T call) {
    line(function).calls.add(call);
    size.getAndIncrement();
  }

  /** A guest waits to go on. */
  void addBegun(Object function, W worker) {
    line(function).begun.add(worker);
    size.getAndIncrement();
  }

  private Line<T, W> line(Object function) {
    return lines.computeIfAbsent(function, none -> new Line<>());
  }

  /** Takes out a call that does not want to begin any more; false when it is not here. */
  boolean removeCall(Object function, T call) {
    Line<T, W> line = lines.get(function);
    return line != null && removed(function, line, line.calls.remove(call));
  }

  /** Takes out a guest that does not wait any more; false when it is not here. */
  boolean removeBegun(Object function, W worker) {
    Line<T, W> line = lines.get(function);
    return line != null && removed(function, line, line.begun.remove(worker));
  }

  private boolean removed(Object function, Line<T, W> line, boolean found) {
    if (found) {
      size.getAndDecrement();
      if (line.isEmpty()) {
        lines.remove(function);
      }
    }
    return found;
  }

  /**
   * Takes out the next in turn; its function is then the last in turn.
   *
   * @param canBegin whether there is a thread for a call
   * @param except a function that is passed over, or null
   */
  @Nullable Next<T, W> poll(boolean canBegin, @Nullable Object except) {
    if (size() == 0) {
      return null;
    }
    Iterator<Map.Entry<Object, Line<T, W>>> each = lines.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Object, Line<T, W>> entry = each.next();
      Line<T, W> line = entry.getValue();
      if (entry.getKey().equals(except) || (line.begun.isEmpty() && !canBegin)) {
        continue;
      }
      each.remove();
      size.getAndDecrement();
      W begun = line.begun.poll();
      Next<T, W> next = new Next<>(begun == null ? line.calls.poll() : null, begun);
      if (!line.isEmpty()) {
        lines.put(entry.getKey(), line);
      }
      return next;
    }
    return null;
  }
}
