package dev.limpet.benchmarks.hot;

import dev.limpet.benchmarks.BenchSandbox;
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
import java.time.Duration;
import java.util.List;

/** Calls of functions, without any HTTP: one on the calling thread, one on a guest's. */
final class SandboxOperations implements AutoCloseable {
  private static final byte[] NUMBERS = "1\n2\n3\n".getBytes(StandardCharsets.UTF_8);

  /** A call at the very start waits for the JVM's compilers, beside who knows what else. */
  private static final Duration WALL = Duration.ofMinutes(5);

  private final Sandbox sandbox;
  private final CompiledModule hello;
  private final CompiledModule sum;

  private SandboxOperations(Sandbox sandbox, Path examples) throws IOException {
    this.sandbox = sandbox;
    this.hello = sandbox.compile(Files.readAllBytes(examples.resolve("hello/hello.wasm")));
    this.sum = sandbox.compile(Files.readAllBytes(examples.resolve("sum/sum.wasm")));
  }

  static SandboxOperations open(Path examples, Path folder) throws IOException {
    Files.createDirectories(folder);
    return new SandboxOperations(BenchSandbox.open(folder, 1, 128 << 20), examples);
  }

  List<HotOperation> all() {
    return List.of(
        new HotOperation("raw-call", Yardstick.WORDS, 400, this::callSum),
        new HotOperation("hello-command", Yardstick.HAND_OVER, 50, this::callHello));
  }

  private ExecutionResult callHello() {
    return completed(
        sandbox.run(
            hello,
            ExecutionSpec.builder()
                .wall(WALL)
                .arguments(List.of("function", "world"))
                .output(OutputStream.nullOutputStream())
                .build()));
  }

  private ExecutionResult callSum() {
    return completed(
        sandbox.run(
            sum,
            ExecutionSpec.builder()
                .wall(WALL)
                .raw()
                .input(new ByteArrayInputStream(NUMBERS))
                .mayRunHere(NUMBERS)
                .output(OutputStream.nullOutputStream())
                .build()));
  }

  private static ExecutionResult completed(ExecutionResult result) {
    if (!result.outcome().equals(new Outcome.Completed(0))) {
      throw new IllegalStateException(result.outcome() + result.usage().log().tail(1000));
    }
    return result;
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
