package dev.limpet.benchmarks.swarm;

import static java.util.Objects.requireNonNull;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Who holds a root, among a million of them at ten thousand nodes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {
      "-Xmx512m",
      "-XX:+UseSerialGC",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow"
    })
public class HolderIndexBench {
  private static final int NODES = 10_000;
  private static final int ROOTS = 1_000_000;

  private Cid[] asked = {};
  private @Nullable Path folder;
  private @Nullable InnerSwarm swarm;
  private @Nullable HolderIndex index;
  private int next;

  /** How many nodes hold each root. */
  @Param({"1", "3"})
  private int holders;

  /** How many roots are asked for in turn, a power of two: few are in the processor's caches. */
  @Param({"256", "65536"})
  private int roots;

  /** Fills the index. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path own = Files.createTempDirectory("limpet-bench");
    InnerSwarm filled = new InnerSwarm(own, Integer.MAX_VALUE);
    filled.fill(NODES, ROOTS, holders);
    SplittableRandom random = new SplittableRandom(1);
    asked = new Cid[roots];
    for (int i = 0; i < roots; i++) {
      asked[i] = SwarmNode.cid(random.nextInt(ROOTS));
    }
    folder = own;
    swarm = filled;
    index = filled.index();
  }

  /** Gives it back. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    requireNonNull(swarm).close();
    FolderTree.remove(requireNonNull(folder));
  }

  /** One look-up. */
  @Benchmark
  public Object lookup() {
    next = (next + 1) & (roots - 1);
    return requireNonNull(index).holders(asked[next]);
  }
}
