package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.LimpetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sources that take long for every part of a file, which is three parts large. */
class SlowSourcesTest {
  private static final long PART = Shares.PART_BYTES;
  private static final long SIZE = 3 * PART;

  /** Longer than others wait for one that is slower than they were. */
  private static final long SLOW_MS = 1500;

  private final Set<Long> here = ConcurrentHashMap.newKeySet();
  private final Set<DataSource> asked = ConcurrentHashMap.newKeySet();
  private final CountDownLatch allAsked = new CountDownLatch(1);

  /** Which of them. */
  private record Slow(int number) implements DataSource {
    @Override
    public void fetch(Part part, DataFetch.Order order) {
      throw new UnsupportedOperationException("the test gives parts itself");
    }
  }

  /** Parts are here whole or not at all. */
  private final class Parts implements DataFetch.Arrival {
    @Override
    public boolean isWhole() {
      return missingFrom(0) == SIZE;
    }

    @Override
    public long size() {
      return SIZE;
    }

    @Override
    public long missingFrom(long from) {
      long at = from;
      while (at < SIZE && here.contains(at / PART)) {
        at = (at / PART + 1) * PART;
      }
      return at;
    }
  }

  /** Takes long, or until a source is asked that had nothing to do. */
  private @Nullable LimpetException give(DataSource source, DataSource.Part part) {
    asked.add(source);
    if (asked.size() > SIZE / PART) {
      allAsked.countDown();
    }
    try {
      boolean _ = allAsked.await(SLOW_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    here.add(part.from() / PART);
    return null;
  }

  @Test
  void nobody_is_too_slow_when_nobody_was_faster() {
    List<DataSource> able = new ArrayList<>();
    for (int i = 0; i < ParallelFetch.MAX_SOURCES_AT_ONCE; i++) {
      able.add(new Slow(i));
    }
    DataFetch.Order order =
        new DataFetch.Order(
            new DataRef(Cid.of(Multicodec.RAW, new byte[] {1}), List.of()),
            able,
            Deadline.in(Duration.ofMinutes(1)),
            () -> false,
            new FetchMeter(SIZE));
    Parts parts = new Parts();
    ParallelFetch fetch =
        new ParallelFetch(order, parts, (source, part, _, _) -> give(source, part));
    assertEquals(List.of(), fetch.fetch(able, 0));
    assertTrue(parts.isWhole());
    assertEquals(ParallelFetch.MAX_SOURCES_AT_ONCE, able.size());
  }
}
