package dev.limpet.runtimes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Script;
import dev.limpet.wasmhost.TestSandbox;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small program in place of an interpreter: it counts its calls and writes the line it gets. */
@Timeout(60)
class CallbackModuleTest {
  private static final int IOVEC = 64;
  private static final int CALLS = 32;
  private static final int STACK = 60_000;

  private final TestSandbox sandbox = TestSandbox.open(1, 64 << 20);
  private int run;

  @AfterEach
  void stop() throws IOException {
    sandbox.close();
  }

  private WasmBuilder program(int result) {
    WasmBuilder module = new WasmBuilder();
    var _ = module.wasi("environ_sizes_get", "ii>i");
    var _ = module.wasi("environ_get", "ii>i");
    final int exit = module.wasi("proc_exit", "i>");
    final int write = module.wasi("fd_write", "iiii>i");
    module.memory(1).global(STACK).custom("notes", new byte[100]);
    WasmCode length = new WasmCode().get(0).set(2).block().loop();
    length.get(2).op(0x2d, 0, 0).eqz().brIf(1).get(2).i32(1).add().set(2).br(0).end().end();
    WasmCode line = length.i32(CALLS).i32(CALLS).load(0).i32(1).add().store(0);
    line.i32(IOVEC).get(0).store(0).i32(IOVEC + 4).get(2).get(0).sub().store(0);
    line.i32(1).i32(IOVEC).i32(1).i32(IOVEC + 8).call(write).drop();
    run = module.function("ii>i", "i", line.i32(result));
    WasmCode start = new WasmCode().getGlobal(0).i32(512).sub().setGlobal(0);
    start.i32(CALLS).i32(40).store(0).i32(0).call(exit);
    return module.export("_start", module.function(">", "", start));
  }

  private byte[] called(int result) {
    byte[] program = program(result).build();
    return CallbackModule.of(program, new CallbackModule.Line(run, "call('", "')"));
  }

  private TestSandbox.Ran run(byte[] wasm, Map<String, String> environment) {
    return sandbox.run(
        wasm,
        ExecutionSpec.builder()
            .environment(environment)
            .script(new Script("one", List.of(), InMemoryDataMount.file("x"))));
  }

  @Test
  void each_call_gets_its_environment_in_a_line() {
    byte[] wasm = called(0);
    for (String value : List.of("x", "", "a longer value, with umlauts: \u00e4\u00f6\u00fc'\\")) {
      TestSandbox.Ran ran = run(wasm, Map.of("NAME", value));
      assertEquals(new Outcome.Completed(0), ran.outcome());
      byte[] expected = ("NAME=" + value + "\0").getBytes(StandardCharsets.UTF_8);
      assertEquals("call('" + HexFormat.of().formatHex(expected) + "')", ran.text());
    }
    assertEquals("call('')", run(wasm, Map.of()).text());
  }

  @Test
  void a_line_that_fails_is_exit_code_1() {
    assertEquals(new Outcome.Completed(1), run(called(-1), Map.of("A", "1")).outcome());
  }

  @Test
  void custom_sections_are_left_out_and_all_else_stays() {
    byte[] before = program(0).build();
    byte[] after = CallbackModule.of(before, new CallbackModule.Line(run, "a", "b"));
    assertTrue(after.length < before.length + 300 - 100, after.length + " of " + before.length);
    assertEquals(-1, text(after).indexOf("notes"));
    assertTrue(text(after).contains("limpet_init"));
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 30, 60, 100, 150})
  void a_module_that_is_cut_off_is_refused(int length) {
    byte[] cut = Arrays.copyOf(program(0).build(), length);
    CallbackModule.Line line = new CallbackModule.Line(run, "a", "b");
    assertThrows(IllegalArgumentException.class, () -> CallbackModule.of(cut, line));
  }

  @Test
  void a_file_that_is_no_cpython_is_refused_with_the_place_of_the_right_one() {
    byte[] other = program(0).build();
    var refused = assertThrows(IllegalArgumentException.class, () -> ForeignPython.prepare(other));
    assertTrue(
        String.valueOf(refused.getMessage()).contains(ForeignPython.PACKAGE), refused::toString);
  }

  @Test
  void the_program_in_front_of_a_script_comes_with_the_product() {
    String program = new String(ForeignPython.program(), StandardCharsets.UTF_8);
    assertTrue(program.contains("def _limpet_call("), program);
  }

  @Test
  void a_package_that_holds_something_else_is_refused() {
    byte[] gzip = {0x1f, (byte) 0x8b, 8, 0};
    assertThrows(IllegalArgumentException.class, () -> ForeignPython.prepare(gzip));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
