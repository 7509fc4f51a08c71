package dev.limpet.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.limpet.protocol.disk.FolderTree;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Sandbox;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

/**
 * What a warm call costs between {@link Sandbox#run} and its result: thread, memory, instance, the
 * guest itself. Run it from the repository's root, see the README.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgs = {"-Xmx512m", "-XX:+UseSerialGC", "-XX:-DontCompileHugeMethods"})
public class SandboxBench {

  /** The example function. */
  @Param({"hello", "csv", "sum"})
  private String function = "hello";

  private final byte[] table = tableOfThousandRows();
  private @Nullable Path directory;
  private @Nullable Sandbox sandbox;
  private @Nullable CompiledModule module;

  static byte[] tableOfThousandRows() {
    StringBuilder rows = new StringBuilder("carrier,delay\n");
    for (int i = 0; i < 1000; i++) {
      rows.append("ABCDEFGH".charAt(i % 8)).append(',').append(i % 97).append('\n');
    }
    return rows.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Opens a sandbox in a folder of its own and compiles the function. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path folder = Files.createTempDirectory("limpet-bench");
    Sandbox opened = BenchSandbox.open(folder, 2, 128 << 20);
    String file = function + ".wasm";
    module =
        opened.compile(Files.readAllBytes(Path.of("functions-examples", function).resolve(file)));
    sandbox = opened;
    directory = folder;
  }

  /** Removes the folder. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    requireNonNull(sandbox).close();
    FolderTree.remove(requireNonNull(directory));
  }

  /** One call. */
  @Benchmark
  public ExecutionResult run() {
    ExecutionSpec.Builder builder = ExecutionSpec.builder().output(OutputStream.nullOutputStream());
    switch (function) {
      case "hello" -> builder.arguments(List.of("function"));
      case "sum" -> builder.raw().input(new ByteArrayInputStream(table)).mayRunHere(table);
      default -> builder.arguments(List.of("function", "by=carrier", "mean=delay"));
    }
    if (!function.equals("sum")) {
      builder.mount("/data", new OneFile(table));
    }
    ExecutionSpec spec = builder.build();
    ExecutionResult result = requireNonNull(sandbox).run(requireNonNull(module), spec);
    if (!result.outcome().equals(new Outcome.Completed(0))) {
      throw new IllegalStateException(result.outcome() + result.usage().log().tail(1000));
    }
    return result;
  }
}
