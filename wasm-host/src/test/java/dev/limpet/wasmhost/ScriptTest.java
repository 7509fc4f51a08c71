package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A runtime is initialised with its script alone, once for each script. */
@Timeout(60)
class ScriptTest {
  /** Where the runtime below keeps what it found while it was initialised. */
  private static final int FOUND = 1024;

  private static final int IOVEC = 64;
  private static final int COUNT = 80;
  private static final int OPENED = 84;
  private static final int FOUND_BYTES = 64;
  private static final int VARIABLES = 16;
  private static final int CLOCK = 24;
  private static final int RANDOM = 32;
  private static final int NEXT_MOUNT = 40;

  /** Behind streams, script, scratch space and sixteen empty folders. */
  private static final int FIRST_FREE = 3 + 2 + 16;

  private final TestSandbox sandbox = TestSandbox.open(1, 64 << 20);

  @AfterEach
  void stop() throws IOException {
    sandbox.close();
  }

  private long restored() {
    return ((WasmSandbox) sandbox.sandbox()).pool().restored();
  }

  /**
   * While it is initialised: reads 16 bytes of the script to FOUND, and what it is told to the
   * places behind; started, it writes all that.
   */
  private static byte[] runtime(WasmCode more) {
    WasmBuilder module = new WasmBuilder();
    final int open = module.wasi("path_open", "iiiiiIIii>i");
    final int read = module.wasi("fd_read", "iiii>i");
    final int write = module.wasi("fd_write", "iiii>i");
    final int variables = module.wasi("environ_sizes_get", "ii>i");
    final int clock = module.wasi("clock_time_get", "iIi>i");
    final int random = module.wasi("random_get", "ii>i");
    final int prestat = module.wasi("fd_prestat_get", "ii>i");
    module.memory(1).data(0, new byte[] {'.'});
    WasmCode init = new WasmCode().i32(3).i32(0).i32(0).i32(1).i32(0).i64(2).i64(0).i32(0);
    init.i32(OPENED).call(open).drop();
    init.store(IOVEC, FOUND).store(IOVEC + 4, 16);
    init.i32(0).load(OPENED).i32(IOVEC).i32(1).i32(COUNT).call(read).drop();
    init.i32(FOUND + VARIABLES).i32(COUNT).call(variables).drop();
    init.i32(0).i64(1).i32(FOUND + CLOCK).call(clock).drop();
    init.i32(FOUND + RANDOM).i32(8).call(random).drop();
    init.i32(FOUND + NEXT_MOUNT).i32(FIRST_FREE).i32(COUNT).call(prestat).store(0);
    WasmCode start = new WasmCode().store(IOVEC, FOUND).store(IOVEC + 4, FOUND_BYTES);
    start.i32(1).i32(IOVEC).i32(1).i32(COUNT).call(write).drop();
    module.export("limpet_init", module.function(">", "", init.append(more)));
    return module.export("_start", module.function(">", "", start)).build();
  }

  private TestSandbox.Ran run(byte[] wasm, String id, InMemoryDataMount script, long clock) {
    return sandbox.run(
        wasm,
        ExecutionSpec.builder()
            .environment(Map.of("NAME", "value"))
            .mount("/data", InMemoryDataMount.file("no business of a script"))
            .determinism(new Determinism(clock, new byte[Determinism.SEED_BYTES]))
            .script(new Script(id, List.of("program", "fixed"), script)));
  }

  private static long at(TestSandbox.Ran ran, int place) {
    return ByteBuffer.wrap(ran.output()).order(ByteOrder.LITTLE_ENDIAN).getLong(place);
  }

  @Test
  void a_runtime_reads_its_script_once_for_all_calls() {
    byte[] wasm = runtime(new WasmCode());
    InMemoryDataMount script = InMemoryDataMount.file("print 1");

    TestSandbox.Ran first = run(wasm, "one", script, 1);
    TestSandbox.Ran second = run(wasm, "one", script, 1);

    assertEquals(new Outcome.Completed(0), first.outcome());
    assertEquals("print 1", first.text().substring(0, 7));
    assertEquals(first.text(), second.text());
    assertEquals(first.usage().fuel(), second.usage().fuel());
    assertEquals(1, restored());
    assertEquals(7, script.bytesRead());
  }

  @Test
  void another_script_is_another_image() {
    byte[] wasm = runtime(new WasmCode());
    assertEquals("one", run(wasm, "1", InMemoryDataMount.file("one"), 1).text().substring(0, 3));
    assertEquals("two", run(wasm, "2", InMemoryDataMount.file("two"), 1).text().substring(0, 3));
    assertEquals("one", run(wasm, "1", InMemoryDataMount.file("one"), 1).text().substring(0, 3));
    assertEquals(1, restored());
  }

  @Test
  void while_it_is_initialised_a_runtime_learns_nothing_of_the_call() {
    byte[] wasm = runtime(new WasmCode());
    TestSandbox.Ran one = run(wasm, "one", InMemoryDataMount.file("x"), 1_000_000_000_000L);
    TestSandbox.Ran other = run(wasm, "other", InMemoryDataMount.file("x"), 7);

    assertEquals(0, at(one, VARIABLES), "variables");
    assertEquals(at(one, CLOCK), at(other, CLOCK), "time");
    assertEquals(at(one, RANDOM), at(other, RANDOM), "random numbers");
    assertEquals(8, at(one, NEXT_MOUNT), "there is no further descriptor");
  }

  @Test
  void an_initialising_that_fails_is_done_again_and_fails_again() {
    byte[] wasm = runtime(new WasmCode().unreachable());
    for (int i = 0; i < 2; i++) {
      TestSandbox.Ran ran = run(wasm, "one", InMemoryDataMount.file("x"), 1);
      assertInstanceOf(Outcome.Trapped.class, ran.outcome());
    }
    assertEquals(0, restored());
  }

  /**
   * Notes the size of its arguments and the type of descriptor 4 while it is initialised, exits.
   */
  private static byte[] callback(int exitCode) {
    WasmBuilder module = new WasmBuilder();
    final int exit = module.wasi("proc_exit", "i>");
    final int write = module.wasi("fd_write", "iiii>i");
    final int sizes = module.wasi("args_sizes_get", "ii>i");
    final int name = module.wasi("fd_prestat_dir_name", "iii>i");
    module.memory(1);
    WasmCode deep = new WasmCode().i32(FOUND).i32(FOUND + 4).call(sizes).drop();
    deep.i32(4).i32(FOUND + 8).i32(4).call(name).drop().i32(exitCode).call(exit);
    int inner = module.function(">", "", deep);
    module.export(
        "limpet_init", module.function(">", "", new WasmCode().call(inner).unreachable()));
    WasmCode start = new WasmCode().i32(4).i32(FOUND + 12).i32(4).call(name).drop();
    start.store(IOVEC, FOUND).store(IOVEC + 4, 16);
    start.i32(1).i32(IOVEC).i32(1).i32(COUNT).call(write).drop();
    return module.export("_start", module.function(">", "", start)).build();
  }

  @Test
  void a_program_that_exits_with_0_is_initialised_and_called_back() {
    byte[] wasm = callback(0);
    for (int i = 0; i < 2; i++) {
      TestSandbox.Ran ran = run(wasm, "one", InMemoryDataMount.file("x"), 1);
      assertEquals(new Outcome.Completed(0), ran.outcome());
      assertEquals(2, at(ran, 0) & 0xffff_ffffL, "arguments");
      assertEquals("program\0fixed\0".length(), at(ran, 0) >>> 32);
      assertEquals("/tmp/tmp", ran.text().substring(8), "before and in the call");
    }
    assertEquals(1, restored());
  }

  @Test
  void a_program_that_exits_otherwise_while_it_is_initialised_is_not_called_back() {
    TestSandbox.Ran ran = run(callback(3), "one", InMemoryDataMount.file("x"), 1);
    assertEquals(new Outcome.Completed(3), ran.outcome());
    assertEquals("", ran.text());
  }

  @Test
  void other_arguments_are_another_image() {
    byte[] wasm = callback(0);
    InMemoryDataMount script = InMemoryDataMount.file("x");
    for (List<String> arguments : List.of(List.of("a"), List.of("a", "b"))) {
      TestSandbox.Ran ran =
          sandbox.run(wasm, ExecutionSpec.builder().script(new Script("one", arguments, script)));
      assertEquals(arguments.size(), at(ran, 0) & 0xffff_ffffL);
    }
    assertEquals(0, restored());
  }

  @Test
  void without_a_script_what_calls_the_host_is_initialised_for_each_call() {
    byte[] wasm = runtime(new WasmCode());
    for (int i = 0; i < 2; i++) {
      TestSandbox.Ran ran = sandbox.run(wasm, InMemoryDataMount.file("data"));
      assertEquals("data", ran.text().substring(0, 4));
    }
    assertEquals(0, restored());
  }
}
