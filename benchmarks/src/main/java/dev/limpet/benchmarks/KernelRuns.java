package dev.limpet.benchmarks;

import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxLimits;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a WASI command in the sandbox of a node, metered as on a node, once for each line of
 * arguments on standard input, and answers each with one line: what the command wrote, the CPU
 * microseconds of all Java threads (guests run on some of them; the JIT and the collector do not
 * count), the wall microseconds, the fuel. Run by {@code benchmarks/compare kernels}.
 */
public final class KernelRuns implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final Sandbox sandbox;
  private final CompiledModule module;
  private final SandboxLimits limits;

  private KernelRuns(Sandbox sandbox, CompiledModule module) {
    this.sandbox = sandbox;
    this.module = module;
    SandboxLimits usual = SandboxLimits.pure0();
    // A kernel that is repeated may use more fuel than a call; it is counted all the same.
    this.limits =
        new SandboxLimits(
            usual.memoryBytes(),
            SandboxLimits.MAX_FUEL,
            usual.outputBytes(),
            usual.logBytes(),
            usual.openFiles(),
            usual.scratchBytes(),
            usual.callDepth());
  }

  /**
   * Answers lines until standard input ends.
   *
   * @param arguments the module; an empty folder for compiled code
   */
  public static void main(String[] arguments) throws IOException {
    byte[] wasm = Files.readAllBytes(Path.of(arguments[0]));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (KernelRuns runs = open(wasm, Path.of(arguments[1]))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(runs.run(List.of(line.split(" "))));
      }
    }
  }

  private static KernelRuns open(byte[] wasm, Path folder) {
    Sandbox sandbox = BenchSandbox.open(folder, 2, 256 << 20);
    return new KernelRuns(sandbox, sandbox.compile(wasm));
  }

  private String run(List<String> line) {
    List<String> arguments = new ArrayList<>(List.of("function"));
    arguments.addAll(line);
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ExecutionSpec spec =
        ExecutionSpec.builder()
            .arguments(arguments)
            .output(output)
            .limits(limits)
            .wall(LONGEST)
            .build();
    ThreadCpu used = new ThreadCpu();
    long wall = System.nanoTime();
    ExecutionResult result = sandbox.run(module, spec);
    wall = System.nanoTime() - wall;
    long cpu = used.nanos();
    if (!result.outcome().equals(new Outcome.Completed(0))) {
      throw new IllegalStateException(result.outcome() + result.usage().log().tail(1000));
    }
    String said = output.toString(StandardCharsets.US_ASCII).strip();
    return said + " " + cpu / 1000 + " " + wall / 1000 + " " + result.usage().fuel();
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
