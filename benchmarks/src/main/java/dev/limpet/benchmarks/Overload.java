package dev.limpet.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a gateway that is asked for three times what it can do. First callers that wait
 * for their answers find the most that it does in a second (the peak); then requests come at a
 * fixed rate, whatever the answers take: at nine tenths of the peak for comparison, and at three
 * times the peak. Latencies count from when a request was meant to start; those of refusals also
 * from when it was sent, which is what the gateway can do about them. No request waits for the
 * answer to another one: each has a connection of its own as long as it lasts.
 */
public final class Overload {
  private static final int OK = 200;
  private static final int TOO_MANY = 429;
  private static final int CALM_PART_PERCENT = 90;
  private static final int LOAD = 3;
  private static final double NANOS = 1e9;
  private static final double HALF = 0.5;
  private static final double MOST = 0.99;

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
  public static void main(String[] arguments) throws InterruptedException, IOException {
    URI server = URI.create(arguments[0]);
    Overload overload =
        new Overload(
            server,
            HttpConnection.get(server, arguments[1]),
            Double.parseDouble(arguments[2]),
            Integer.parseInt(arguments[3]));
    System.out.println("result: " + overload.run(Integer.parseInt(arguments[4])).toJson());
  }

  /** Once, with so many callers that find the peak. */
  private Outcome run(int callers) throws InterruptedException, IOException {
    Answers _ = waiting(callers);
    long peak = Math.max(1, Math.round(waiting(callers).goodput()));
    return new Outcome(peak, at(peak * CALM_PART_PERCENT / 100), at(peak * LOAD));
  }

  /**
   * What came of it.
   *
   * @param peak answers a second to callers that wait for them
   * @param calm requests at nine tenths of that
   * @param loaded requests at three times that
   */
  private record Outcome(long peak, Answers calm, Answers loaded) {
    /** Requests without an answer, or with one that is neither the function's nor a refusal. */
    long failed() {
      return loaded.size() - loaded.count(OK) - loaded.count(TOO_MANY);
    }

    String toJson() {
      return String.format(
          Locale.ROOT,
          "{\"peak\":%d,\"goodput\":%.0f,\"p50Calm\":%d,\"p99Calm\":%d,"
              + "\"p50Accepted\":%d,\"p99Accepted\":%d,\"refused\":%d,\"p99Refused\":%d,"
              + "\"p50RefusedSent\":%d,\"p99RefusedSent\":%d,\"failed\":%d}",
          peak,
          loaded.goodput(),
          calm.micros(OK, HALF),
          calm.micros(OK, MOST),
          loaded.micros(OK, HALF),
          loaded.micros(OK, MOST),
          loaded.count(TOO_MANY),
          loaded.micros(TOO_MANY, MOST),
          loaded.sentMicros(TOO_MANY, HALF),
          loaded.sentMicros(TOO_MANY, MOST),
          failed());
    }
  }

  /**
   * One answer.
   *
   * @param status 0 when there was no connection left for the request
   * @param nanos from when it was meant to start
   * @param sentNanos from when it was sent
   */
  private record Answered(int status, long nanos, long sentNanos) {}

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
      return micros(status, part, Answered::nanos);
    }

    long sentMicros(int status, double part) {
      return micros(status, part, Answered::sentNanos);
    }

    private long micros(int status, double part, ToLongFunction<Answered> nanos) {
      long[] sorted =
          all.stream().filter(one -> one.status == status).mapToLong(nanos).sorted().toArray();
      return sorted.length == 0 ? -1 : sorted[(int) (sorted.length * part)] / 1000;
    }
  }

  /** Callers that wait for each answer before they ask again. */
  private Answers waiting(int callers) throws InterruptedException {
    long end = System.nanoTime() + Math.round(seconds * NANOS);
    Queue<Answered> all = new ConcurrentLinkedQueue<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        running.add(executor.submit(() -> wait(end, all)));
      }
      await(running);
    }
    return new Answers(List.copyOf(all), seconds);
  }

  private @Nullable Void wait(long end, Queue<Answered> all) throws IOException {
    try (HttpConnection http = new HttpConnection(server)) {
      for (long sent = System.nanoTime(); sent < end; sent = System.nanoTime()) {
        int status = http.status(request);
        long took = System.nanoTime() - sent;
        all.add(new Answered(status, took, took));
      }
    }
    return null;
  }

  private static void await(List<Future<?>> running) throws InterruptedException {
    try {
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the load broke off", e.getCause());
    }
  }

  /** So many requests a second. */
  private Answers at(long perSecond) throws InterruptedException, IOException {
    long count = Math.round(perSecond * seconds);
    long origin = System.nanoTime();
    Queue<Answered> all = new ConcurrentLinkedQueue<>();
    Deque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    Semaphore left = new Semaphore(connections);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (long turn = 0; turn < count; turn++) {
        long meant = origin + Math.round(turn * NANOS / perSecond);
        for (long early = meant - System.nanoTime(); early > 0; early = meant - System.nanoTime()) {
          LockSupport.parkNanos(early);
        }
        if (left.tryAcquire()) {
          running.add(executor.submit(() -> one(meant, idle, left, all)));
        } else {
          all.add(new Answered(0, 0, 0));
        }
      }
      await(running);
    } finally {
      for (HttpConnection http : idle) {
        http.close();
      }
    }
    return new Answers(List.copyOf(all), seconds);
  }

  private @Nullable Void one(
      long meant, Deque<HttpConnection> idle, Semaphore left, Queue<Answered> all)
      throws IOException {
    HttpConnection free = idle.poll();
    HttpConnection http = free == null ? new HttpConnection(server) : free;
    long sent = System.nanoTime();
    int status = http.status(request);
    long now = System.nanoTime();
    all.add(new Answered(status, now - meant, now - sent));
    idle.push(http);
    left.release();
    return null;
  }
}
