package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WatchdogTest {

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final Watchdog watchdog = new Watchdog("watchdog");

  @AfterEach
  void close() {
    watchdog.close();
  }

  @Test
  void an_alarm_rings_when_its_time_has_come_and_not_before() throws Exception {
    CountDownLatch rung = new CountDownLatch(1);
    long start = System.nanoTime();
    long nanos = TimeUnit.MILLISECONDS.toNanos(30);
    Watchdog.Alarm _ = watchdog.later(rung::countDown, nanos);
    rung.await();
    assertTrue(System.nanoTime() - start >= nanos);
  }

  @Test
  void a_cancelled_alarm_does_not_ring() throws Exception {
    AtomicInteger rung = new AtomicInteger();
    List<Watchdog.Alarm> cancelled = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      cancelled.add(watchdog.later(rung::incrementAndGet, MINUTE));
    }
    cancelled.forEach(Watchdog.Alarm::cancel);
    CountDownLatch last = new CountDownLatch(1);
    Watchdog.Alarm _ = watchdog.later(last::countDown, 0);
    last.await();
    assertEquals(0, rung.get());
  }

  @Test
  void an_alarm_that_fails_takes_no_other_with_it() throws Exception {
    Watchdog.Alarm _ =
        watchdog.later(
            () -> {
              throw new IllegalStateException("on purpose");
            },
            0);
    CountDownLatch last = new CountDownLatch(1);
    Watchdog.Alarm _ = watchdog.later(last::countDown, 20_000_000);
    last.await();
  }

  @Test
  void a_watchdog_that_sleeps_is_woken() throws Exception {
    CountDownLatch rung = new CountDownLatch(1);
    while (!watchdog.isAsleep()) {
      Thread.onSpinWait();
    }
    Watchdog.Alarm _ = watchdog.later(rung::countDown, 0);
    rung.await();
  }
}
