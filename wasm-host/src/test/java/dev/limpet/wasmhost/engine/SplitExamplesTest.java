package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.ProgramRuns;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import dev.limpet.wasmhost.TestSandbox;
import dev.limpet.wasmhost.split.SplitLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What compilers made gives the same output for the same fuel whole, as usual, and in pieces. */
final class SplitExamplesTest {

  private static final List<SplitLimits> FORMS =
      List.of(
          SplitLimits.NONE,
          SplitLimits.USUAL,
          new SplitLimits(100, 100),
          new SplitLimits(100, 100, 1, 1));

  private static final byte[] INPUT =
      "carrier,delay\nAA,10\nUA,\"2,5\"\nUA,20\nAA,30\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private static byte[] example(String name) throws IOException {
    Path examples =
        Path.of(System.getProperty("basedir", ".")).resolveSibling("functions-examples");
    return Files.readAllBytes(examples.resolve(name).resolve(name + ".wasm"));
  }

  @Test
  void a_program_in_c_does_the_same_in_each_form() throws IOException {
    assertAlike("hello", "Ada");
  }

  @ParameterizedTest
  @CsvSource({
    "csv, by=carrier mean=delay p90=delay",
    "grep, match=^[A-U]A.*0$ numbers",
    "jsonpath, $.a",
    "tar, ''",
    "wordcount, ''"
  })
  @Tag("nightly")
  void programs_do_the_same_in_each_form(String name, String arguments) throws IOException {
    assertAlike(name, arguments);
  }

  private void assertAlike(String name, String arguments) throws IOException {
    byte[] wasm = example(name);
    String expected = "";
    for (SplitLimits form : FORMS) {
      String line = line(wasm, form, List.of((name + " " + arguments).strip().split(" ")));
      expected = expected.isEmpty() ? line : expected;
      assertEquals(expected, line, name + " with " + form);
    }
    assertTrue(expected.startsWith("exit-"), expected);
  }

  /** The code is put where the sandbox looks for it before it compiles. */
  private String line(byte[] wasm, SplitLimits form, List<String> arguments) throws IOException {
    Path directory = Files.createTempDirectory(folder, "form");
    String sha256 = ModuleCache.sha256(wasm);
    CodeStore.open(directory, TestSandbox.key(), 64 << 20)
        .store(ModuleCache.key(sha256), ModuleCompiler.compile(wasm, form).encode());
    SandboxConfig config = new SandboxConfig(TestSandbox.cache(directory), 1, 256 << 20);
    try (Sandbox sandbox = Sandbox.open(config)) {
      CompiledModule module = sandbox.cached(sha256);
      assertNotNull(module);
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      ExecutionResult result =
          sandbox.run(
              module,
              ExecutionSpec.builder()
                  .arguments(arguments)
                  .input(new ByteArrayInputStream(INPUT))
                  .output(output)
                  .build());
      Outcome outcome = result.outcome();
      return ProgramRuns.line(new TestSandbox.Ran(outcome, result.usage(), output.toByteArray()));
    }
  }
}
