package dev.limpet.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
  private static final int MAX_LINE_BYTES = 16 << 10;

  private final URI server;
  private final byte[] request;

  HttpLoad(URI server, String target) {
    this.server = server;
    String text = "GET " + target + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n\r\n";
    this.request = text.getBytes(StandardCharsets.US_ASCII);
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
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
      InputStream in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
      OutputStream out = socket.getOutputStream();
      while (System.nanoTime() < end) {
        long started = System.nanoTime();
        out.write(request);
        readAnswer(in);
        nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
        nanos[count++] = System.nanoTime() - started;
      }
    }
    return Arrays.copyOf(nanos, count);
  }

  /** Reads one answer to its end; throws when it is not 200. */
  static void readAnswer(InputStream in) throws IOException {
    String status = line(in);
    if (!status.contains(" 200 ")) {
      throw new IOException("answered " + status);
    }
    long length = -1;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      }
    }
    if (length >= 0) {
      in.skipNBytes(length);
    } else {
      skipChunks(in);
    }
  }

  private static void skipChunks(InputStream in) throws IOException {
    long size = Long.parseLong(line(in).split(";", 2)[0].strip(), 16);
    while (size > 0) {
      in.skipNBytes(size + 2);
      size = Long.parseLong(line(in).split(";", 2)[0].strip(), 16);
    }
    String trailer = line(in);
    while (!trailer.isEmpty()) {
      trailer = line(in);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0 || line.length() > MAX_LINE_BYTES) {
        throw new EOFException("the answer broke off");
      }
      if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return line.toString();
  }
}
