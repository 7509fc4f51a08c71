package dev.limpet.functions;

import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ProgramRuns;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import dev.limpet.wasmhost.TestSandbox;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the cases of all functions, and says of each in one line how it ended, what fuel it took,
 * and the hash of its answer. A main class, for JVMs with other flags or for another processor.
 */
final class ExampleRuns {

  private static final Duration WALL = Duration.ofMinutes(30);

  private ExampleRuns() {}

  /**
   * Prints the lines.
   *
   * @param arguments a folder for compiled code, and the most fuel that a case may take by {@code
   *     fuel-v1.txt} to be run here
   */
  public static void main(String[] arguments) {
    lines(Path.of(arguments[0]), Long.parseLong(arguments[1])).forEach(System.out::println);
  }

  /** The lines of all cases that take at most so much fuel. */
  static List<String> lines(Path code, long most) {
    SandboxConfig config = new SandboxConfig(TestSandbox.cache(code), 1, 256 << 20);
    try (Sandbox sandbox = Sandbox.open(config)) {
      return ExampleFunction.everything()
          .flatMap(function -> lines(sandbox, function, most))
          .toList();
    }
  }

  /** Of one function. Its module is asked for once: an interpreter takes long to hash it. */
  private static Stream<String> lines(Sandbox sandbox, ExampleFunction function, long most) {
    CompiledModule module = sandbox.compile(function.wasm());
    return function.cases().stream()
        .filter(
            example ->
                FuelVectors.of(example).stream().allMatch(line -> FuelVectors.fuel(line) <= most))
        .map(example -> line(sandbox, module, example));
  }

  private static String line(Sandbox sandbox, CompiledModule module, ExampleCase example) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ExecutionResult result = sandbox.run(module, example.spec().output(output).wall(WALL).build());
    return line(
        example, new TestSandbox.Ran(result.outcome(), result.usage(), output.toByteArray()));
  }

  /** What {@code fuel-v1.txt} has to say of such a run. */
  static String line(ExampleCase example, TestSandbox.Ran ran) {
    return example + " " + ProgramRuns.line(ran);
  }
}
