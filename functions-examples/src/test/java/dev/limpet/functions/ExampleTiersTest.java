package dev.limpet.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmhost.ChildJvm;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import dev.limpet.wasmhost.TestSandbox;
import dev.limpet.wasmhost.Tier;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every function takes the same fuel and answers the same, whatever of the JVM runs it. */
@Tag("nightly")
final class ExampleTiersTest {

  /**
   * Of fuel, in which each function has a case: an emulated processor and an interpreter are slow.
   */
  private static final long FEW = 370_000;

  @TempDir static Path code;

  /** Compiled once, and loaded from disk by each of the other JVMs. */
  @BeforeAll
  static void compile() {
    try (Sandbox sandbox = Sandbox.open(new SandboxConfig(TestSandbox.cache(code), 1, 64 << 20))) {
      ExampleFunction.everything().forEach(function -> sandbox.compile(function.wasm()));
    }
  }

  @Test
  void every_function_is_among_them() {
    List<String> expected = expected();
    List<String> left =
        ExampleFunction.everything()
            .map(ExampleFunction::name)
            .filter(name -> expected.stream().noneMatch(line -> line.startsWith(name + "/")))
            .toList();
    assertEquals(List.of(), left);
  }

  @ParameterizedTest
  @EnumSource
  void cases_end_as_it_is_written_down_in_each_tier(Tier tier) throws Exception {
    ChildJvm.Printed printed = tier.run(ExampleRuns.class, code.toString(), Long.toString(FEW));
    assertEquals(0, printed.exitCode(), printed.output());
    assertEquals(expected(), printed.output().lines().toList());
  }

  private static List<String> expected() {
    return FuelVectors.all().stream().filter(line -> FuelVectors.fuel(line) <= FEW).toList();
  }
}
