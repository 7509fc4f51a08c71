package dev.limpet.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/**
 * The CPU that the living threads of Java have used since it was made; carriers of virtual threads
 * are some of them, the JIT and the collector are not. A thread that ended since does not count.
 */
final class ThreadCpu {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Map<Long, Long> before = used();

  private static Map<Long, Long> used() {
    Map<Long, Long> nanos = new HashMap<>();
    for (long id : THREADS.getAllThreadIds()) {
      nanos.put(id, Math.max(0, THREADS.getThreadCpuTime(id)));
    }
    return nanos;
  }

  /** Nanoseconds so far. */
  long nanos() {
    long sum = 0;
    for (Map.Entry<Long, Long> now : used().entrySet()) {
      sum += now.getValue() - before.getOrDefault(now.getKey(), 0L);
    }
    return sum;
  }
}
