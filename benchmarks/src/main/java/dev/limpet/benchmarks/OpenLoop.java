package dev.limpet.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Requests at a fixed rate, whether or not earlier ones were answered: each has a time at which it
 * is meant to start, and its latency counts from there, so that a server that stands still is not
 * asked less. Connections are kept; each sends every n-th request.
 */
public final class OpenLoop {
  private static final double NANOS = 1e9;

  private final URI server;
  private final List<byte[]> requests;
  private final Pace pace;

  private OpenLoop(URI server, List<byte[]> requests, Pace pace) {
    this.server = server;
    this.requests = requests;
    this.pace = pace;
  }

  /**
   * How fast, and how long.
   *
   * @param perSecond requests a second over all connections
   * @param warmSeconds how long at first no latency is kept
   * @param seconds how long latencies are kept
   * @param connections how many connections share the requests
   */
  private record Pace(int perSecond, double warmSeconds, double seconds, int connections) {
    long count() {
      return Math.round((warmSeconds + seconds) * perSecond);
    }

    long kept() {
      return Math.round(warmSeconds * perSecond);
    }

    long startOf(long request) {
      return Math.round(request * NANOS / perSecond);
    }
  }

  /**
   * Runs once and prints one line with times in microseconds; any answer but 200 ends it with an
   * exception.
   *
   * @param arguments URL of the server; a file of whole requests with a NUL byte between them, sent
   *     in turn; requests a second; seconds before latencies are kept; seconds; connections
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Pace pace =
        new Pace(
            Integer.parseInt(arguments[2]),
            Double.parseDouble(arguments[3]),
            Double.parseDouble(arguments[4]),
            Integer.parseInt(arguments[5]));
    long[] sorted =
        new OpenLoop(URI.create(arguments[0]), requests(Path.of(arguments[1])), pace).run();
    System.out.printf(
        Locale.ROOT,
        "result: {\"requests\":%d,\"p50\":%d,\"p99\":%d,\"max\":%d}%n",
        sorted.length,
        sorted[sorted.length / 2] / 1000,
        sorted[(int) (sorted.length * 0.99)] / 1000,
        sorted[sorted.length - 1] / 1000);
  }

  private static List<byte[]> requests(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    List<byte[]> requests = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < all.length; at++) {
      if (all[at] == 0) {
        requests.add(Arrays.copyOfRange(all, start, at));
        start = at + 1;
      }
    }
    requests.add(Arrays.copyOfRange(all, start, all.length));
    return requests;
  }

  private long[] run() throws InterruptedException {
    // Connecting and starting threads has this long, so that the first requests are not late.
    long origin = System.nanoTime() + 200_000_000L;
    try (ExecutorService executor = Executors.newFixedThreadPool(pace.connections())) {
      List<Future<long[]>> loops =
          IntStream.range(0, pace.connections())
              .mapToObj(connection -> executor.submit(() -> loop(connection, origin)))
              .toList();
      List<long[]> parts = new ArrayList<>();
      for (Future<long[]> loop : loops) {
        parts.add(loop.get());
      }
      return parts.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the load broke off", e.getCause());
    }
  }

  private long[] loop(int connection, long origin) throws IOException {
    long[] nanos = new long[(int) (pace.count() / pace.connections()) + 1];
    int count = 0;
    try (HttpConnection http = new HttpConnection(server)) {
      for (long turn = connection; turn < pace.count(); turn += pace.connections()) {
        long meant = origin + pace.startOf(turn);
        for (long left = meant - System.nanoTime(); left > 0; left = meant - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        http.exchange(requests.get((int) (turn % requests.size())));
        if (turn >= pace.kept()) {
          nanos[count++] = System.nanoTime() - meant;
        }
      }
    }
    return Arrays.copyOf(nanos, count);
  }
}
