package dev.limpet.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A closed loop of GETs over keep-alive connections: each connection asks again when its answer is
 * whole. Plain sockets, so that the load costs little beside what it measures.
 */
final class HttpLoad {
  private final URI server;
  private final byte[] request;

  HttpLoad(URI server, String target) {
    this.server = server;
    this.request = HttpConnection.get(server, target);
  }

  /**
   * What came of it.
   *
   * @param requests whole answers, all 200
   * @param perSecond answers a second over all connections
   * @param p50Micros median time of one answer
   * @param p99Micros 99th percentile
   */
  record Result(long requests, double perSecond, long p50Micros, long p99Micros) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "p50 %.2f ms, p99 %.2f ms, %.0f requests/s (%d)",
          p50Micros / 1e3,
          p99Micros / 1e3,
          perSecond,
          requests);
    }
  }

  /** Loads for {@code seconds} with {@code connections}; any answer but 200 ends it. */
  Result run(int connections, int seconds) throws InterruptedException {
    long started = System.nanoTime();
    long end = started + seconds * 1_000_000_000L;
    try (ExecutorService executor = Executors.newFixedThreadPool(connections)) {
      var loops =
          IntStream.range(0, connections).mapToObj(_ -> executor.submit(() -> loop(end))).toList();
      LongStream all = LongStream.empty();
      for (Future<long[]> loop : loops) {
        all = LongStream.concat(all, Arrays.stream(loop.get()));
      }
      long[] sorted = all.sorted().toArray();
      double elapsed = (System.nanoTime() - started) / 1e9;
      long p50 = sorted[sorted.length / 2] / 1000;
      long p99 = sorted[(int) (sorted.length * 0.99)] / 1000;
      return new Result(sorted.length, sorted.length / elapsed, p50, p99);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the load broke off", e.getCause());
    }
  }

  private long[] loop(long end) throws IOException {
    long[] nanos = new long[1024];
    int count = 0;
    try (HttpConnection connection = new HttpConnection(server)) {
      while (System.nanoTime() < end) {
        long started = System.nanoTime();
        connection.exchange(request);
        nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
        nanos[count++] = System.nanoTime() - started;
      }
    }
    return Arrays.copyOf(nanos, count);
  }
}
