package dev.limpet.node.metrics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {
  /** Something that nobody holds, to see that a collection took place. */
  private static WeakReference<Object> garbage() {
    return new WeakReference<>(new Object());
  }

  @Test
  void what_is_counted_elsewhere_is_asked_for_after_a_collection_too() {
    NodeMetrics metrics = new NodeMetrics();
    AtomicLong count = new AtomicLong(1);
    metrics.counted("limpet_node_things", "Things", () -> count.get());
    WeakReference<Object> garbage = garbage();
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return garbage.get() == null;
            });
    count.set(7);
    assertTrue(metrics.scrape().contains("limpet_node_things_total 7.0"), metrics.scrape());
  }
}
