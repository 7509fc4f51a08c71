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
 * <p>Arguments: a folder that does not exist yet, and the number of pairs of windows.
 */
public final class CollectingLatency {
  private static final int BLOCK_BYTES = 4 << 10;
  private static final int DAG_BLOCKS = 1000;
  private static final int PINNED_DAGS = 40;
  private static final int GARBAGE_DAGS = 10;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final int MOST_READS = 2_000_000;
  private static final long PATIENCE_SECONDS = 120;

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
    try (NodeStore store =
        NodeStore.open(Path.of(arguments[0]), new NodeStore.Quotas(quota, quota, quota, 0))) {
      new CollectingLatency(store).run(Integer.parseInt(arguments[1]));
    }
  }

  private void run(int pairs) throws Exception {
    for (int i = 0; i < PINNED_DAGS; i++) {
      add(pinned);
    }
    window("warm-up", false);
    for (int pair = 0; pair < pairs; pair++) {
      boolean first = pair % 2 == 0;
      window("pair " + pair, first);
      window("pair " + pair, !first);
    }
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

  private void window(String name, boolean collecting) throws Exception {
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
      print(name, collecting, reads, told);
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

  private void print(String name, boolean collecting, int reads, long[] told) {
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
  }

  private static double micros(long[] sorted, double share) {
    return sorted[(int) (sorted.length * share)] / 1e3;
  }
}
