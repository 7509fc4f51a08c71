package dev.limpet.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;

/**
 * What becomes of a gateway that is asked for three times what it can do. First callers that wait
 * for their answers find the most that it does in a second (the peak); then requests come at a
 * fixed rate, whatever the answers take: at nine tenths of the peak for comparison, and at three
 * times the peak. Latencies count from when a request was meant to start.
 */
public final class Overload {
  private static final int OK = 200;
  private static final int TOO_MANY = 429;
  private static final int CALM_PART_PERCENT = 90;
  private static final int LOAD = 3;
  private static final double NANOS = 1e9;

  private final URI server;
  private final byte[] request;
  private final double seconds;
  private final int connections;

  private Overload(URI server, byte[] request, double seconds, int connections) {
    this.server = server;
    this.request = request;
    this.seconds = seconds;
    this.connections = connections;
  }

  /**
   * Runs once and prints one line, with rates a second and times in microseconds.
   *
   * @param arguments URL of the gateway; target to GET; seconds of each part; connections; callers
   *     that find the peak
   */
  public static void main(String[] arguments) throws InterruptedException {
    URI server = URI.create(arguments[0]);
    Overload overload =
        new Overload(
            server,
            HttpConnection.get(server, arguments[1]),
            Double.parseDouble(arguments[2]),
            Integer.parseInt(arguments[3]));
    int callers = Integer.parseInt(arguments[4]);
    Answers _ = overload.waiting(callers);
    long peak = Math.max(1, Math.round(overload.waiting(callers).goodput()));
    Answers calm = overload.at(peak * CALM_PART_PERCENT / 100);
    Answers loaded = overload.at(peak * LOAD);
    System.out.printf(
        Locale.ROOT,
        "result: {\"peak\":%d,\"goodput\":%.0f,\"p50Calm\":%d,\"p99Calm\":%d,"
            + "\"p50Accepted\":%d,\"p99Accepted\":%d,\"refused\":%d,\"p99Refused\":%d,"
            + "\"failed\":%d}%n",
        peak,
        loaded.goodput(),
        calm.micros(OK, 0.5),
        calm.micros(OK, 0.99),
        loaded.micros(OK, 0.5),
        loaded.micros(OK, 0.99),
        loaded.count(TOO_MANY),
        loaded.micros(TOO_MANY, 0.99),
        loaded.size() - loaded.count(OK) - loaded.count(TOO_MANY));
  }

  /** One answer: its status, and how long it took. */
  private record Answered(int status, long nanos) {}

  /** All answers of one part. */
  private record Answers(List<Answered> all, double seconds) {
    int size() {
      return all.size();
    }

    long count(int status) {
      return all.stream().filter(one -> one.status == status).count();
    }

    double goodput() {
      return count(OK) / seconds;
    }

    long micros(int status, double part) {
      long[] sorted =
          all.stream()
              .filter(one -> one.status == status)
              .mapToLong(Answered::nanos)
              .sorted()
              .toArray();
      return sorted.length == 0 ? -1 : sorted[(int) (sorted.length * part)] / 1000;
    }
  }

  /** Callers that wait for each answer before they ask again. */
  private Answers waiting(int callers) throws InterruptedException {
    return all(callers, _ -> 0, Long.MAX_VALUE);
  }

  /** So many requests a second. */
  private Answers at(long perSecond) throws InterruptedException {
    return all(
        connections,
        number -> Math.round(number * NANOS / perSecond),
        Math.round(perSecond * seconds));
  }

  private Answers all(int loops, LongUnaryOperator startOf, long count)
      throws InterruptedException {
    // Connecting and starting threads has this long, so that the first requests are not late.
    long origin = System.nanoTime() + 300_000_000L;
    List<Future<List<Answered>>> running = new ArrayList<>();
    List<Answered> all = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int loop = 0; loop < loops; loop++) {
        Turns turns = new Turns(loop, loops, count, origin, startOf);
        running.add(executor.submit(() -> loop(turns)));
      }
      for (Future<List<Answered>> one : running) {
        all.addAll(one.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the load broke off", e.getCause());
    }
    return new Answers(all, seconds);
  }

  /** Which requests one connection sends, and when. */
  private record Turns(int first, int step, long count, long origin, LongUnaryOperator startOf) {}

  private List<Answered> loop(Turns turns) throws IOException {
    List<Answered> answers = new ArrayList<>();
    long end = turns.origin + Math.round(seconds * NANOS);
    try (HttpConnection http = new HttpConnection(server)) {
      for (long turn = turns.first; turn < turns.count; turn += turns.step) {
        long meant = turns.origin + turns.startOf.applyAsLong(turn);
        boolean isPaced = turns.count < Long.MAX_VALUE;
        for (long left = meant - System.nanoTime(); left > 0; left = meant - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        long from = isPaced ? meant : System.nanoTime();
        if (from >= end) {
          break;
        }
        int status = http.status(request);
        answers.add(new Answered(status, System.nanoTime() - from));
      }
    }
    return answers;
  }
}
