package dev.limpet.functions;

import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ProgramRuns;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import dev.limpet.wasmhost.TestSandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the cases of all functions, and says of each in one line how it ended, what fuel it took,
 * the hash of its answer, and that of its memory. A main class, for JVMs with other flags or for
 * another processor.
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
    lines(Path.of(arguments[0]), ExampleFunction.everything(), Long.parseLong(arguments[1]))
        .forEach(System.out::println);
  }

  /**
   * The lines of all cases of functions that take at most so much fuel.
   *
   * @param code a folder in which the code of their modules is
   */
  static List<String> lines(Path code, Stream<ExampleFunction> functions, long most) {
    SandboxConfig config = new SandboxConfig(TestSandbox.cache(code), 1, 256 << 20);
    try (Sandbox sandbox = Sandbox.open(config)) {
      return functions.flatMap(function -> lines(sandbox, function, most)).toList();
    }
  }

  /** Of one function. Its module is asked for once: an interpreter takes long to hash it. */
  private static Stream<String> lines(Sandbox sandbox, ExampleFunction function, long most) {
    CompiledModule module = sandbox.compile(function.wasm());
    if (module.source() == CompiledModule.Source.COMPILED) {
      throw new IllegalStateException("there is no code of " + function.name());
    }
    return function.cases().stream()
        .filter(
            example ->
                FuelVectors.of(example).stream().allMatch(line -> FuelVectors.fuel(line) <= most))
        .map(example -> line(sandbox, module, example));
  }

  private static String line(Sandbox sandbox, CompiledModule module, ExampleCase example) {
    return line(example, TestSandbox.run(sandbox, module, example.spec().wall(WALL)));
  }

  /** What {@code fuel-v1.txt} has to say of such a run. */
  static String line(ExampleCase example, TestSandbox.Ran ran) {
    return example + " " + ProgramRuns.line(ran);
  }
}
