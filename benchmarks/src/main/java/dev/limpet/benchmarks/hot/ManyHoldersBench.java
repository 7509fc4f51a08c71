package dev.limpet.benchmarks.hot;

import static java.util.Objects.requireNonNull;

import dev.limpet.gateway.placement.Decision;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Where a call runs whose input many nodes hold: the holders are free, or each has a queue. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {
      "-Xmx512m",
      "-XX:+UseSerialGC",
      "-XX:-DontCompileHugeMethods",
      "--enable-native-access=ALL-UNNAMED"
    })
public class ManyHoldersBench {
  private static final int NODES = 200;

  /** Nodes that hold the input. */
  @Param({"100"})
  private int holders;

  /** Calls that each node has; nodes have four slots. */
  @Param({"0", "8"})
  private int calls;

  private @Nullable Path folder;
  private @Nullable GatewayOperations gateway;

  /** For JMH. */
  public ManyHoldersBench() {}

  /** Lets the nodes join. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path own = Files.createTempDirectory("limpet-bench");
    folder = own;
    GatewayOperations opened = GatewayOperations.open(own, NODES, holders);
    opened.load(calls);
    gateway = opened;
  }

  /** One decision. */
  @Benchmark
  public Decision decide() {
    return requireNonNull(gateway).decide();
  }

  /** Ends it. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    requireNonNull(gateway).close();
    FolderTree.remove(requireNonNull(folder));
  }
}
