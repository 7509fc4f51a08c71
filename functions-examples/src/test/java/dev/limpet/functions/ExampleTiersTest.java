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

/**
 * Every case ends the same, with the same fuel, answer and memory, whatever of the JVM runs it: all
 * of them in its interpreter and each of its compilers, the shorter ones for another processor.
 */
@Tag("nightly")
final class ExampleTiersTest {

  /** Of fuel, in which each function has a case: an emulated processor is slow. */
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
    List<String> expected = expected(FEW);
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
    long most = tier.name().startsWith("AARCH64") ? FEW : Long.MAX_VALUE;
    ChildJvm.Printed printed = tier.run(ExampleRuns.class, code.toString(), Long.toString(most));
    assertEquals(0, printed.exitCode(), printed.output());
    assertEquals(expected(most), printed.output().lines().toList());
  }

  private static List<String> expected(long most) {
    return FuelVectors.all().stream().filter(line -> FuelVectors.fuel(line) <= most).toList();
  }
}
