package dev.limpet.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * What receipts cost a call over HTTP: two gateways with a node each in one JVM, one node keeps
 * receipts and the other none; both are asked in turns, and the order changes each round. A turn
 * lasts until the receipts of its calls are in the log and the log is cosigned. Told is the
 * difference in the CPU of Java's threads and in allocated bytes, of gateway, node, the thread that
 * writes the log and the one that shows it to the gateway, without the caller's thread, which a
 * machine under load does not change much: the median of the rounds, and in brackets the quarter
 * below and the quarter above. It ends with an error when they cost more than they may.
 *
 * <pre>benchmarks/receipts [ROUNDS [CALLS]]</pre>
 */
public final class ReceiptCost {
  private static final int ROUNDS = 9;
  private static final int CALLS = 10_000;

  /** Rounds at the beginning that are not counted. */
  private static final int WARM_UP = 4;

  /** In this time the last receipts are written, and the gateway has cosigned the log. */
  private static final Duration SETTLE = Duration.ofMillis(1300);

  /** What receipts may cost a call at most, in the median. */
  private static final double MOST_MICROS = 10;

  private static final double MOST_BYTES = 1 << 10;

  private static final int TOO_MUCH = 1;

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
      long gateway = bytesOf("vert.x");
      long writer = bytesOf("limpet-receipts");
      long own = THREADS.getCurrentThreadCpuTime();
      ThreadCpu cpu = new ThreadCpu();
      for (int i = 0; i < calls; i++) {
        caller.exchange(request);
      }
      LockSupport.parkNanos(SETTLE.toNanos());
      double nanos = cpu.nanos() - (THREADS.getCurrentThreadCpuTime() - own);
      double allocated = serversBytes() - bytes;
      double ofGateway = bytesOf("vert.x") - gateway;
      double ofWriter = bytesOf("limpet-receipts") - writer;
      return new Cost(nanos / calls / 1e3, allocated / calls, ofGateway / calls, ofWriter / calls);
    }

    /** What the living threads made whose names begin so. */
    private static long bytesOf(String name) {
      long bytes = 0;
      for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
        if (thread != null && thread.getThreadName().startsWith(name)) {
          bytes += Math.max(0, THREADS.getThreadAllocatedBytes(thread.getThreadId()));
        }
      }
      return bytes;
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

  /**
   * What one call costs.
   *
   * @param bytes that were allocated
   * @param gateway some of these: by threads of the gateways
   * @param writer some of these: by threads that write logs of receipts
   */
  private record Cost(double micros, double bytes, double gateway, double writer) {
    Cost minus(Cost other) {
      return new Cost(
          micros - other.micros,
          bytes - other.bytes,
          gateway - other.gateway,
          writer - other.writer);
    }

    double node() {
      return bytes - gateway - writer;
    }
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
    int calls = args.length > 1 ? Integer.parseInt(args[1]) : CALLS;
    Path dir = Files.createTempDirectory("limpet-receipts");
    boolean within;
    try (Pair on = Pair.start(dir.resolve("on"), "64MiB");
        Pair off = Pair.start(dir.resolve("off"), "0")) {
      within = measure(on, off, rounds, calls);
    } finally {
      FolderTree.remove(dir);
    }
    if (!within) {
      System.err.println("more than 10 µs or 1024 bytes a call"); // and a script has to know
      System.exit(TOO_MUCH);
    }
  }

  /** Whether receipts cost no more than they may. */
  private static boolean measure(Pair on, Pair off, int rounds, int calls) throws IOException {
    List<Cost> receipts = new ArrayList<>();
    List<Cost> without = new ArrayList<>();
    for (int round = -WARM_UP; round < rounds; round++) {
      boolean first = round % 2 == 0;
      Cost one = (first ? on : off).ask(calls);
      Cost other = (first ? off : on).ask(calls);
      if (round >= 0) {
        without.add(first ? other : one);
        receipts.add(first ? one.minus(other) : other.minus(one));
      }
    }
    print("a call without: CPU, µs", without, Cost::micros);
    print("  allocated, bytes", without, Cost::bytes);
    double micros = print("receipts: CPU, µs", receipts, Cost::micros);
    double bytes = print("  allocated, bytes", receipts, Cost::bytes);
    print("  in the gateway", receipts, Cost::gateway);
    print("  by the log's writer", receipts, Cost::writer);
    print("  in the node besides", receipts, Cost::node);
    return micros <= MOST_MICROS && bytes <= MOST_BYTES;
  }

  /** Prints the middle and both quarters; the middle. */
  private static double print(String what, List<Cost> costs, ToDoubleFunction<Cost> part) {
    double[] all = costs.stream().mapToDouble(part).sorted().toArray();
    double middle = all[all.length / 2];
    String line =
        String.format(
            Locale.ROOT,
            "%-24s %8.1f (%.1f–%.1f)",
            what,
            middle,
            all[all.length / 4],
            all[all.length * 3 / 4]);
    System.out.println(line); // what a person started it for
    return middle;
  }
}
