package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.proxy.Route.Ending;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.MemoState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What calls took, function by function: the names by which they were called, or CIDs. The first
 * {@link #MAX_METERED_FUNCTIONS} have series of their own, all others share one.
 */
final class FunctionMeters {
  /** Each has some thirty series, which a scrape carries and Prometheus keeps. */
  static final int MAX_METERED_FUNCTIONS = 64;

  /** The name of all those that have no series of their own: no function is called so. */
  static final String OTHERS = "(others)";

  private static final String PREFIX = "limpet.gateway.function.";
  private static final double MICROS_PER_SECOND = 1e6;
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(60)
  };

  private final MeterRegistry registry;
  private final Map<Object, Meters> functions = new ConcurrentHashMap<>();
  private final Meters others;

  FunctionMeters(MeterRegistry registry) {
    this.registry = registry;
    this.others = new Meters(registry, OTHERS);
  }

  /**
   * How one call ended.
   *
   * @param attempt its last, or null when it came to no node
   * @param ending how its transfer ended
   * @param bytesIn of the caller's body
   * @param bytesOut of the answer
   * @param nanos from its placement to its end
   */
  record Ended(@Nullable Attempt attempt, Ending ending, long bytesIn, long bytesOut, long nanos) {}

  /** A call ended. */
  void ended(FunctionRef called, Cid function, Ended call) {
    of(called, function).count(call);
  }

  /** A call got an answer that was kept. */
  void given(FunctionRef called, Cid function, long bytesOut) {
    of(called, function).countGiven(bytesOut);
  }

  private Meters of(FunctionRef called, Cid function) {
    Object key =
        switch (called) {
          case FunctionRef.ByName name -> name.name();
          case FunctionRef.ByCid _ -> function;
        };
    Meters known = functions.get(key);
    if (known != null) {
      return known;
    }
    return functions.size() >= MAX_METERED_FUNCTIONS
        ? others
        : functions.computeIfAbsent(key, k -> new Meters(registry, k.toString()));
  }

  /** The series of one function. */
  private static final class Meters {
    private final Timer seconds;
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder memoHits = new LongAdder();
    private final LongAdder ranMicros = new LongAdder();
    private final LongAdder fuel = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder moved = new LongAdder();
    private final LongAdder notMoved = new LongAdder();
    private final LongAccumulator memory = new LongAccumulator(Math::max, 0);

    Meters(MeterRegistry registry, String function) {
      Tags tags = Tags.of("function", function);
      seconds =
          Timer.builder(PREFIX + "latency")
              .description("From the choice of a node to the end of the answer")
              .tags(tags)
              .serviceLevelObjectives(BUCKETS)
              .register(registry);
      counter(registry, "calls", tags.and("outcome", "done"), done, LongAdder::doubleValue);
      counter(registry, "calls", tags.and("outcome", "failed"), failed, LongAdder::doubleValue);
      counter(registry, "memo.hits", tags, memoHits, LongAdder::doubleValue);
      counter(registry, "run.seconds", tags, ranMicros, n -> n.doubleValue() / MICROS_PER_SECOND);
      counter(registry, "fuel", tags, fuel, LongAdder::doubleValue);
      counter(registry, "bytes.in", tags, bytesIn, LongAdder::doubleValue);
      counter(registry, "bytes.out", tags, bytesOut, LongAdder::doubleValue);
      counter(registry, "bytes.moved", tags, moved, LongAdder::doubleValue);
      counter(registry, "bytes.not.moved", tags, notMoved, LongAdder::doubleValue);
      Gauge.builder(PREFIX + "memory.most.bytes", memory, LongAccumulator::doubleValue)
          .description("The most linear memory that one of its calls had")
          .tags(tags)
          .register(registry);
    }

    private static void counter(
        MeterRegistry registry,
        String name,
        Tags tags,
        LongAdder adder,
        ToDoubleFunction<LongAdder> value) {
      FunctionCounter.builder(PREFIX + name, adder, value).tags(tags).register(registry);
    }

    void countGiven(long bytes) {
      done.increment();
      memoHits.increment();
      bytesOut.add(bytes);
    }

    void count(Ended call) {
      seconds.record(call.nanos, TimeUnit.NANOSECONDS);
      bytesIn.add(call.bytesIn);
      bytesOut.add(call.bytesOut);
      Attempt attempt = call.attempt;
      boolean isDone = attempt != null && attempt.isDone() && call.ending == Ending.WHOLE;
      (isDone ? done : failed).increment();
      if (attempt != null) {
        long fetched = attempt.bytesFetched();
        memoHits.add(attempt.memo() == MemoState.HIT ? 1 : 0);
        ranMicros.add(attempt.ranMicros());
        fuel.add(attempt.used("fuel"));
        memory.accumulate(attempt.used("memory"));
        moved.add(fetched);
        notMoved.add(Math.max(0, attempt.dataBytes() - fetched));
      }
    }
  }
}
