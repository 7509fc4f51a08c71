package dev.limpet.benchmarks;

import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.node.store.NodeStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What collecting garbage costs readers: windows with and without it take turns, and in each a
 * thread reads pinned blocks of 4 KiB at random from a store that keeps few of them in memory. In a
 * window with it, a fifth of the store has just become garbage, and collections follow each other.
 *
 * <p>Arguments: a folder that does not exist yet, and the number of pairs of windows. Prints how
 * many times as long the slowest read of a thousand takes while garbage is collected, the median of
 * the pairs, and exits with 1 above {@link #MOST_TIMES}.
 */
public final class CollectingLatency {
  private static final int BLOCK_BYTES = 4 << 10;
  private static final int DAG_BLOCKS = 1000;
  private static final int PINNED_DAGS = 40;
  private static final int GARBAGE_DAGS = 10;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final int MOST_READS = 2_000_000;
  private static final long PATIENCE_SECONDS = 120;

  /** The goal for the p99.9 with a collection, of that without. */
  private static final double MOST_TIMES = 2;

  private final NodeStore store;
  private final Random random = new Random(1);
  private final List<Cid> pinned = new ArrayList<>();
  private final long[] nanos = new long[MOST_READS];

  private CollectingLatency(NodeStore store) {
    this.store = store;
  }

  /** Measures and prints. */
  public static void main(String[] arguments) throws Exception {
    long quota = 1L << 30;
    int pairs = Integer.parseInt(arguments[1]);
    if (pairs < 1) {
      throw new IllegalArgumentException("there is at least one pair of windows");
    }
    double times;
    try (NodeStore store =
        NodeStore.open(Path.of(arguments[0]), new NodeStore.Quotas(quota, quota, quota, 0))) {
      times = new CollectingLatency(store).run(pairs);
    }
    System.out.printf(
        "p99.9 while collecting: %.2f times that without, median of %d pairs, at most %.0f%n",
        times, pairs, MOST_TIMES);
    System.exit(times > MOST_TIMES ? 1 : 0);
  }

  private double run(int pairs) throws Exception {
    for (int i = 0; i < PINNED_DAGS; i++) {
      add(pinned);
    }
    window("warm-up", false);
    double[] times = new double[pairs];
    for (int pair = 0; pair < pairs; pair++) {
      boolean collectsFirst = pair % 2 == 0;
      double first = window("pair " + pair, collectsFirst);
      double second = window("pair " + pair, !collectsFirst);
      times[pair] = collectsFirst ? first / second : second / first;
    }
    Arrays.sort(times);
    return (times[(pairs - 1) / 2] + times[pairs / 2]) / 2;
  }

  private Cid add(List<Cid> blocks) throws IOException {
    List<Block> all = new ArrayList<>();
    List<Ipld> links = new ArrayList<>();
    for (int i = 0; i < DAG_BLOCKS; i++) {
      byte[] bytes = new byte[BLOCK_BYTES];
      random.nextBytes(bytes);
      Block block = Block.of(Multicodec.RAW, bytes);
      all.add(block);
      links.add(new Ipld.LinkNode(block.cid()));
      blocks.add(block.cid());
    }
    Block root = Block.of(Multicodec.DAG_CBOR, DagCbor.encode(new Ipld.ListNode(links)));
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(car, List.of(root.cid()));
    writer.write(root);
    for (Block block : all) {
      writer.write(block);
    }
    return store.kept().add(new ByteArrayInputStream(car.toByteArray())).root();
  }

  /** The p99.9 of the reads. */
  private double window(String name, boolean collecting) throws Exception {
    List<Cid> garbage = new ArrayList<>();
    for (int i = 0; i < (collecting ? GARBAGE_DAGS : 0); i++) {
      garbage.add(add(new ArrayList<>()));
    }
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService collector = Executors.newSingleThreadExecutor()) {
      Future<long[]> collected = collector.submit(() -> collect(garbage, done));
      int reads = read();
      done.set(true);
      long[] told = collected.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return print(name, collecting, reads, told);
    }
  }

  private long[] collect(List<Cid> garbage, AtomicBoolean done) {
    long[] told = {0, 0};
    garbage.forEach(store.kept()::unpin);
    while (!done.get() && !garbage.isEmpty()) {
      try {
        told[0]++;
        told[1] += store.collect().blocks();
      } catch (CancellationException e) {
        return told;
      }
    }
    return told;
  }

  private int read() {
    long end = System.nanoTime() + WINDOW_NANOS;
    int reads = 0;
    while (reads < MOST_READS && System.nanoTime() < end) {
      Cid cid = pinned.get(random.nextInt(pinned.size()));
      long began = System.nanoTime();
      byte[] bytes = store.data().require(cid);
      nanos[reads] = System.nanoTime() - began;
      reads += bytes.length == BLOCK_BYTES ? 1 : 0;
    }
    return reads;
  }

  private double print(String name, boolean collecting, int reads, long[] told) {
    long[] sorted = Arrays.copyOf(nanos, reads);
    Arrays.sort(sorted);
    System.out.printf(
        "%-8s %-10s %8d reads  p50 %6.1f us  p99 %7.1f us  p99.9 %8.1f us"
            + "  collections %d, %d gone%n",
        name,
        collecting ? "collecting" : "quiet",
        reads,
        micros(sorted, 0.5),
        micros(sorted, 0.99),
        micros(sorted, 0.999),
        told[0],
        told[1]);
    return micros(sorted, 0.999);
  }

  private static double micros(long[] sorted, double share) {
    return sorted[(int) (sorted.length * share)] / 1e3;
  }
}
