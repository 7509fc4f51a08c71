package dev.limpet.node.invoke;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Time that passes when a test says so. */
final class FakeAlarms implements Alarms {
  private final List<Alarm> pending = new ArrayList<>();
  private long now = 1_000;

  private record Alarm(long at, Runnable action) {}

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Runnable after(Duration time, Runnable action) {
    Alarm alarm = new Alarm(now + time.toNanos(), action);
    pending.add(alarm);
    return () -> pending.remove(alarm);
  }

  /** Lets time pass; what is due meanwhile is done when it is due. */
  void pass(Duration time) {
    long until = now + time.toNanos();
    for (Alarm next = due(until); next != null; next = due(until)) {
      pending.remove(next);
      now = next.at;
      next.action.run();
    }
    now = until;
  }

  private @Nullable Alarm due(long until) {
    return pending.stream()
        .filter(alarm -> alarm.at <= until)
        .min(Comparator.comparingLong(Alarm::at))
        .orElse(null);
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }
}
