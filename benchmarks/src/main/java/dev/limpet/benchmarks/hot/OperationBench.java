package dev.limpet.benchmarks.hot;

import static java.util.Objects.requireNonNull;

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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The same operations as the guard's, in real time: one group of them. */
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
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow"
    })
public abstract class OperationBench {
  private final Group group;
  private @Nullable Path folder;
  private Group.@Nullable Opened opened;
  private HotOperation.Body body = () -> this;

  OperationBench(Group group) {
    this.group = group;
  }

  /** Which of the group's operations. */
  abstract String operation();

  /** Opens what the operation works on. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path own = Files.createTempDirectory("limpet-bench");
    Group.Opened all = group.open(Path.of("").toAbsolutePath(), own);
    folder = own;
    opened = all;
    body =
        all.operations().stream()
            .filter(each -> each.name().equals(operation()))
            .findFirst()
            .orElseThrow()
            .body();
  }

  /** Gives it back. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    requireNonNull(opened).close();
    FolderTree.remove(requireNonNull(folder));
  }

  /** One run. */
  @Benchmark
  public Object run() {
    return body.run();
  }
}
