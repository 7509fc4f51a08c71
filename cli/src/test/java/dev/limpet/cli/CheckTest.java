package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code limpet check}: the gate and the engine, in this process. */
class CheckTest {
  private static final Path EXAMPLES = Path.of("../functions-examples");

  @TempDir private Path directory = Path.of("");

  private final RecordingTerminal terminal = new RecordingTerminal();

  private int check(byte[] module, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of("check"));
    all.add(Files.write(directory.resolve("m.wasm"), module).toString());
    all.addAll(List.of(options));
    return terminal.run(all.toArray(String[]::new));
  }

  @Test
  void an_admitted_module_was_compiled_too() throws IOException {
    assertEquals(0, check(SampleModules.hello()), terminal.err());
    assertTrue(terminal.out().contains("admitted, and compiled in"), terminal.out());
    assertTrue(terminal.out().contains("memory     starts with 64.0 KiB"), terminal.out());
  }

  @ParameterizedTest
  @CsvSource({"hello/hello.wasm, ''", "csv/csv.wasm, Rust", "wordcount/wordcount.wasm, Go"})
  void the_language_of_an_example_is_told_unless_it_was_stripped_of_every_trace(
      String example, String language) {
    Path module = EXAMPLES.resolve(example);
    assertEquals(0, terminal.run("check", module.toString(), "--json"), terminal.err());
    JsonObject found = JsonObject.parse(terminal.out());
    assertEquals(language, found.text("language"), terminal.out());
    assertTrue(found.number("codeBytes") > 0, terminal.out());
    assertEquals(
        found.number("largestBodyBytes"), found.objects("largest").getFirst().number("bytes"));
  }

  @Test
  void a_large_module_says_that_it_was_not_compiled() {
    String large = EXAMPLES.resolve("wordcount/wordcount.wasm").toString();
    assertEquals(0, terminal.run("check", large), terminal.err());
    assertTrue(terminal.out().contains("--compile does it"), terminal.out());
  }

  @Test
  void a_function_that_the_gate_admits_and_the_engine_refuses_is_found() throws IOException {
    WasmCode code = new WasmCode().get(0);
    for (int i = 0; i < 18_000; i++) {
      code.load(0);
    }
    code.set(0);
    WasmBuilder module = new WasmBuilder();
    int start = module.function(">", "i", code);
    assertEquals(4, check(module.memory(1).export("_start", start).build()));
    assertTrue(terminal.out().contains("function-too-large: Function 0"), terminal.out());
    assertTrue(terminal.out().contains("not admitted"), terminal.out());
    assertTrue(terminal.err().contains("[gate-refused]"), terminal.err());
  }

  @Test
  void a_function_that_may_run_slowly_is_found_with_what_would_admit_it() throws IOException {
    assertEquals(4, check(SampleModules.slow("x")));
    assertTrue(terminal.out().contains("slow-function: Function 1 has a loop"), terminal.out());
    assertTrue(terminal.out().contains("\"allow-slow\": true"), terminal.out());
  }

  @Test
  void a_function_that_is_too_large_and_has_no_loop_is_told_and_admitted() throws IOException {
    WasmCode code = new WasmCode().get(0); // one expression, which cannot be divided
    for (int i = 0; i < 3_000; i++) {
      code.load(0);
    }
    WasmBuilder builder = new WasmBuilder();
    int start = builder.function(">", "i", code.set(0));
    byte[] wasm = builder.memory(1).export("_start", start).build();
    assertEquals(0, check(wasm));
    assertTrue(
        terminal.out().lines().anyMatch(line -> line.matches("hint +Function 0 has .*no loop.*")),
        terminal.out());
  }

  @ParameterizedTest
  @CsvSource({
    "env, abort, AssemblyScript, wasi-shim",
    "gojs, runtime.wasmExit, Go, GOOS=wasip1",
    "wbg, __wbindgen_throw, Rust, wasm32-wasip1",
    "env, emscripten_memcpy_js, Emscripten, STANDALONE_WASM"
  })
  void what_was_built_for_a_browser_is_recognised_and_told_how_to_build(
      String module, String name, String language, String flag) throws IOException {
    WasmBuilder builder = new WasmBuilder();
    int _ = builder.importFunction(module, name, ">");
    int start = builder.function(">", "", new WasmCode());
    assertEquals(4, check(builder.memory(1).export("_start", start).build()));
    assertTrue(terminal.out().contains(language), terminal.out());
    String build =
        terminal.out().lines().filter(line -> line.startsWith("build ")).findFirst().orElse("");
    assertTrue(build.contains(flag), terminal.out());
  }

  @Test
  void the_largest_functions_are_named_largest_first() throws IOException {
    WasmBuilder builder = new WasmBuilder();
    int start = -1;
    for (int size : List.of(3, 90, 40, 7, 60, 20)) {
      WasmCode code = new WasmCode();
      for (int i = 0; i < size; i++) {
        code.op(0x01);
      }
      start = builder.function(">", "", code);
    }
    assertEquals(0, check(builder.export("_start", start).build(), "--json"), terminal.err());
    List<Long> functions =
        JsonObject.parse(terminal.out()).objects("largest").stream()
            .map(body -> body.number("function"))
            .toList();
    assertEquals(List.of(1L, 4L, 2L, 5L, 3L), functions);
  }
}
