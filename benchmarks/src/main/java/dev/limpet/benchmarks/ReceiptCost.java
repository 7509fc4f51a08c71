package dev.limpet.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What receipts cost a call over HTTP: two gateways with a node each in one JVM, one node keeps
 * receipts and the other none; both are asked in turns, and the order changes each round. Told is
 * the difference in the CPU of Java's threads and in allocated bytes, of gateway, node, the thread
 * that writes the log and the one that shows it to the gateway, without the caller's thread, which
 * a machine under load does not change much: the median of the rounds, and in brackets the quarter
 * below and the quarter above.
 *
 * <pre>java -XX:+UseSerialGC -cp … dev.limpet.benchmarks.ReceiptCost [ROUNDS [CALLS]]</pre>
 */
public final class ReceiptCost {
  private static final int ROUNDS = 21;
  private static final int CALLS = 2_000;

  /** Rounds at the beginning that are not counted. */
  private static final int WARM_UP = 6;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private ReceiptCost() {}

  /** A gateway with a node, and a caller's connection. */
  @SuppressWarnings("ArrayRecordComponent") // Handed over, and never compared.
  private record Pair(BenchServers servers, HttpConnection caller, byte[] request)
      implements AutoCloseable {
    static Pair start(Path dir, String receiptQuota) throws IOException {
      BenchServers servers = BenchServers.start(dir, "receipt-quota=" + receiptQuota);
      byte[] request = HttpConnection.get(servers.url(), "/fn/" + servers.deploy("hello"));
      return new Pair(servers, new HttpConnection(servers.url()), request);
    }

    Cost ask(int calls) throws IOException {
      long bytes = serversBytes();
      long own = THREADS.getCurrentThreadCpuTime();
      ThreadCpu cpu = new ThreadCpu();
      for (int i = 0; i < calls; i++) {
        caller.exchange(request);
      }
      double nanos = cpu.nanos() - (THREADS.getCurrentThreadCpuTime() - own);
      double allocated = serversBytes() - bytes;
      return new Cost(nanos / calls / 1e3, allocated / calls);
    }

    /** All but what this thread, the caller, made. */
    private static long serversBytes() {
      return THREADS.getTotalThreadAllocatedBytes() - THREADS.getCurrentThreadAllocatedBytes();
    }

    @Override
    public void close() throws IOException {
      caller.close();
      servers.close();
    }
  }

  private record Cost(double micros, double bytes) {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
    int calls = args.length > 1 ? Integer.parseInt(args[1]) : CALLS;
    Path dir = Files.createTempDirectory("limpet-receipts");
    try (Pair on = Pair.start(dir.resolve("on"), "64MiB");
        Pair off = Pair.start(dir.resolve("off"), "0")) {
      measure(on, off, rounds, calls);
    } finally {
      FolderTree.remove(dir);
    }
  }

  private static void measure(Pair on, Pair off, int rounds, int calls) throws IOException {
    List<Double> micros = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    for (int round = -WARM_UP; round < rounds; round++) {
      boolean first = round % 2 == 0;
      Cost one = (first ? on : off).ask(calls);
      Cost other = (first ? off : on).ask(calls);
      Cost kept = first ? one : other;
      Cost none = first ? other : one;
      if (round >= 0) {
        micros.add(kept.micros - none.micros);
        bytes.add(kept.bytes - none.bytes);
        without.add(none.micros);
      }
    }
    print("CPU of a call without, µs", without);
    print("receipts: CPU, µs", micros);
    print("receipts: allocated, bytes", bytes);
  }

  private static void print(String what, List<Double> all) {
    Collections.sort(all);
    int size = all.size();
    String line =
        String.format(
            Locale.ROOT,
            "%-28s %8.1f (%.1f–%.1f)",
            what,
            all.get(size / 2),
            all.get(size / 4),
            all.get(size * 3 / 4));
    System.out.println(line); // what a person started it for
  }
}
