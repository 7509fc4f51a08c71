package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What compilers made: the example functions, in C and Rust. */
final class RealModulesTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();
  private static final String TABLE = "carrier,delay\nAA,10\nUA,\"2,5\"\nUA,20\nAA,30\n";

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  private static byte[] example(String name) {
    Path module = Path.of(System.getProperty("basedir", ".")).resolveSibling("functions-examples");
    try {
      return Files.readAllBytes(module.resolve(name).resolve(name + ".wasm"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ExecutionSpec.Builder arguments(String... arguments) {
    return ExecutionSpec.builder().arguments(Arrays.asList(arguments));
  }

  @Test
  void a_program_in_c_greets_and_refuses_bad_arguments() {
    TestSandbox.Ran ran = SANDBOX.run(example("hello"), arguments("function", "Ada"));
    assertEquals(new Outcome.Completed(0), ran.outcome());
    assertTrue(ran.text().startsWith("Hello, Ada!\n"), ran.text());
    TestSandbox.Ran bad = SANDBOX.run(example("hello"), arguments("function", "a", "b"));
    assertEquals(new Outcome.Completed(64), bad.outcome());
    assertEquals("", bad.text());
    assertTrue(bad.log().startsWith("hello: "), bad.log());
  }

  @Test
  @Tag("long")
  void a_program_in_rust_reads_a_file_or_a_directory() {
    String[] query = {"function", "by=carrier", "count=delay", "sum=delay"};
    TestSandbox.Ran file =
        SANDBOX.run(example("csv"), arguments(query).mount("/data", InMemoryDataMount.file(TABLE)));
    assertEquals(new Outcome.Completed(0), file.outcome(), file::log);
    assertTrue(file.text().contains("AA,2,40\n"), file.text());
    assertTrue(file.text().contains("UA,1,20\n"), file.text());
    InMemoryDataMount two =
        InMemoryDataMount.directory().add("a.csv", TABLE).add("sub/b.csv", TABLE);
    TestSandbox.Ran directory = SANDBOX.run(example("csv"), arguments(query).mount("/data", two));
    assertEquals(new Outcome.Completed(0), directory.outcome(), directory::log);
  }

  @Test
  void fuel_is_the_same_compiled_just_now_loaded_and_from_disk(@TempDir Path directory) {
    SandboxConfig config = new SandboxConfig(TestSandbox.cache(directory), 2, 64 << 20);
    long[] fuel = new long[3];
    List<CompiledModule.Source> sources =
        List.of(
            CompiledModule.Source.COMPILED,
            CompiledModule.Source.MEMORY,
            CompiledModule.Source.DISK);
    try (Sandbox first = Sandbox.open(config)) {
      fuel[0] = fuel(first, sources.get(0));
      fuel[1] = fuel(first, sources.get(1));
    }
    try (Sandbox restarted = Sandbox.open(config)) {
      fuel[2] = fuel(restarted, sources.get(2));
    }
    assertTrue(fuel[0] > 1000, Arrays.toString(fuel));
    assertEquals(fuel[0], fuel[1]);
    assertEquals(fuel[0], fuel[2]);
  }

  private static long fuel(Sandbox sandbox, CompiledModule.Source expected) {
    CompiledModule module = sandbox.compile(example("csv"));
    assertEquals(expected, module.source());
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ExecutionSpec spec =
        arguments("function", "by=carrier", "mean=delay", "p90=delay")
            .mount("/data", InMemoryDataMount.file(TABLE))
            .output(output)
            .build();
    ExecutionResult result = sandbox.run(module, spec);
    assertEquals(new Outcome.Completed(0), result.outcome());
    return result.usage().fuel();
  }
}
