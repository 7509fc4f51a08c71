package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a function computes before its first call is computed once, and every call begins with it:
 * with the same result, fuel and memory as if it had computed it itself.
 */
@Timeout(60)
class InitialisedTest {
  private static final int PAGE = 65_536;
  private static final int CELL = 8192;
  private static final int PROC_EXIT = 0;
  private static final int SCHED_YIELD = 1;

  private TestSandbox sandbox = TestSandbox.open(2, 64 << 20);

  @AfterEach
  void stop() throws IOException {
    assertEquals(inner().pool().bytes(), inner().memory().held(), "what is held and no image");
    sandbox.close();
  }

  private WasmSandbox inner() {
    return (WasmSandbox) sandbox.sandbox();
  }

  private TestSandbox.Ran run(byte[] wasm) {
    return run(wasm, SandboxLimits.pure0());
  }

  private TestSandbox.Ran run(byte[] wasm, SandboxLimits limits) {
    return sandbox.run(wasm, ExecutionSpec.builder().limits(limits));
  }

  private static SandboxLimits limits(long memoryBytes, long fuel) {
    return new SandboxLimits(memoryBytes, fuel, 100, 1024, 1, 0, 1000);
  }

  private static WasmBuilder command() {
    WasmBuilder module = new WasmBuilder();
    assertEquals(PROC_EXIT, module.wasi("proc_exit", "i>"));
    assertEquals(SCHED_YIELD, module.wasi("sched_yield", ">i"));
    return module.memory(1).table(2).global(0);
  }

  private static WasmCode more(int address, int by) {
    return new WasmCode().i32(address).i32(address).op(0x2d, 0, 0).i32(by).add().op(0x3a, 0, 0);
  }

  /** Changes memory, its length, a global, the table and segments; 1000 turns of a loop. */
  private static WasmCode initialise() {
    WasmCode code = more(CELL, 3).i32(4).setGlobal(0).i32(2).grow().drop();
    code.append(more(2 * PAGE + 9, 7));
    code.i32(0).i32(0).i32(1).op(0xfc, 0x0c, 0, 0).op(0xfc, 0x0d, 0);
    return code.i32(1000).set(0).loop().get(0).i32(1).sub().tee(0).brIf(0).end();
  }

  /** Changes all of that again, and exits with what it finds then. */
  private static WasmCode start(int type) {
    WasmCode code = more(CELL, 1).getGlobal(0).i32(1).add().setGlobal(0);
    code.append(more(2 * PAGE + 9, 1));
    code.op(0x3f, 0).i32(100).op(0x6c);
    code.i32(CELL).op(0x2d, 0, 0).add().i32(100).op(0x6c).getGlobal(0).add();
    code.i32(100).op(0x6c).i32(0).op(0x11, type, 0).add();
    code.i32(10).op(0x6c).i32(2 * PAGE + 9).op(0x2d, 0, 0).add();
    code.i32(0).i32(1).i32(1).op(0xfc, 0x0e, 0, 0).i32(1).grow().drop();
    return code.call(PROC_EXIT);
  }

  private static final int FOUND = ((3 * 100 + 4) * 100 + 5) * 1000 + 2 * 10 + 8;

  private static byte[] initialised(String export) {
    WasmBuilder module = command();
    int two = module.function(">i", "", new WasmCode().i32(2));
    module.passiveElements(two);
    int init = module.function(">", "i", initialise());
    if (export.isEmpty()) {
      module.start(init);
    } else {
      module.export(export, init);
    }
    int type = module.type(">i");
    return module.export("_start", module.function(">", "", start(type))).build();
  }

  private void runsAsOften(byte[] wasm, int images) {
    TestSandbox.Ran first = run(wasm);
    assertEquals(new Outcome.Completed(FOUND), first.outcome());
    assertTrue(first.usage().fuel() > 1000 + 2 * 8192, "initialising costs fuel");
    for (int i = 1; i <= 3; i++) {
      TestSandbox.Ran next = run(wasm);
      assertEquals(new Outcome.Completed(FOUND), next.outcome());
      assertEquals(first.usage().fuel(), next.usage().fuel());
      assertEquals(first.usage().peakMemoryBytes(), next.usage().peakMemoryBytes());
      assertEquals((long) images * i, inner().pool().restored());
    }
  }

  @Test
  void a_command_is_initialised_once_and_pays_each_time() {
    runsAsOften(initialised("limpet_init"), 1);
  }

  @Test
  void every_global_begins_each_call_with_what_it_was_when_initialised() {
    int globals = 12; // more than have fields of their own
    WasmBuilder module = command();
    WasmCode init = new WasmCode();
    WasmCode start = new WasmCode().i32(0);
    for (int i = 1; i < globals; i++) {
      module.global(i);
      init.getGlobal(i).i32(2).op(0x6c).setGlobal(i);
      start.getGlobal(i).i32(i).op(0x6c).add();
      start.getGlobal(i).i32(100).add().setGlobal(i);
    }
    module.export("limpet_init", module.function(">", "", init));
    module.export("_start", module.function(">", "", start.call(PROC_EXIT)));
    byte[] wasm = module.build();
    int found = 0;
    for (int i = 1; i < globals; i++) {
      found += 2 * i * i;
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(new Outcome.Completed(found), run(wasm).outcome());
    }
    assertEquals(2, inner().pool().restored());
  }

  @Test
  void a_start_function_is_run_once_as_well() {
    runsAsOften(initialised(""), 1);
  }

  @Test
  void one_that_calls_the_host_meanwhile_is_initialised_each_time() {
    WasmBuilder module = command();
    WasmCode init = new WasmCode().call(SCHED_YIELD).append(more(CELL, 3)).drop();
    module.export("limpet_init", module.function(">", "", init));
    WasmCode start = more(CELL, 1).i32(CELL).op(0x2d, 0, 0).call(PROC_EXIT);
    byte[] wasm = module.export("_start", module.function(">", "", start)).build();
    for (int i = 0; i < 3; i++) {
      assertEquals(new Outcome.Completed(4), run(wasm).outcome());
    }
    assertEquals(0, inner().pool().restored());
    assertEquals(0, inner().pool().bytes());
  }

  @Test
  void imported_functions_in_the_table_are_there_afterwards() {
    WasmBuilder module = command().elements(0, PROC_EXIT);
    module.export("limpet_init", module.function(">", "", more(CELL, 7)));
    int type = module.type("i>");
    WasmCode start = new WasmCode().i32(CELL).op(0x2d, 0, 0).i32(0).op(0x11, type, 0);
    byte[] wasm = module.export("_start", module.function(">", "", start)).build();
    for (int i = 0; i < 3; i++) {
      assertEquals(new Outcome.Completed(7), run(wasm).outcome());
    }
    assertEquals(2, inner().pool().restored());
  }

  @Test
  void one_that_ends_while_it_is_initialised_leaves_no_image() {
    WasmBuilder traps = command();
    traps.export("limpet_init", traps.function(">", "", new WasmCode().unreachable()));
    byte[] wasm = traps.export("_start", traps.function(">", "", new WasmCode())).build();
    WasmBuilder exits = command();
    exits.export("limpet_init", exits.function(">", "", new WasmCode().i32(6).call(PROC_EXIT)));
    byte[] exiting = exits.export("_start", exits.function(">", "", new WasmCode())).build();
    byte[] grows = initialised("limpet_init");
    for (int i = 0; i < 2; i++) {
      assertInstanceOf(Outcome.Trapped.class, run(wasm).outcome());
      assertEquals(new Outcome.Completed(6), run(exiting).outcome());
      assertEquals(new Outcome.OutOfFuel(), run(grows, limits(8 * PAGE, 10_000)).outcome());
    }
    assertEquals(0, inner().pool().restored());
    assertEquals(0, inner().pool().bytes());
  }

  @Test
  void what_it_made_with_other_limits_is_not_used() {
    WasmBuilder module = command();
    WasmCode init = new WasmCode().i32(3).grow().drop();
    module.export("limpet_init", module.function(">", "", init));
    WasmCode start = new WasmCode().op(0x3f, 0).call(PROC_EXIT);
    byte[] wasm = module.export("_start", module.function(">", "", start)).build();
    for (int i = 0; i < 2; i++) {
      assertEquals(new Outcome.Completed(4), run(wasm, limits(8 * PAGE, 1_000_000)).outcome());
      // It asked for more than it may have, and exits with another code than 0.
      assertEquals(new Outcome.OverMemory(), run(wasm, limits(2 * PAGE, 1_000_000)).outcome());
    }
    assertEquals(2, inner().pool().restored());
  }

  @Test
  void a_large_memory_is_initialised_each_time() {
    WasmBuilder module = command();
    WasmCode init = new WasmCode().i32(257).grow().drop().append(more(CELL, 3));
    module.export("limpet_init", module.function(">", "", init));
    WasmCode start = new WasmCode().i32(CELL).op(0x2d, 0, 0).call(PROC_EXIT);
    byte[] wasm = module.export("_start", module.function(">", "", start)).build();
    for (int i = 0; i < 2; i++) {
      assertEquals(new Outcome.Completed(3), run(wasm).outcome());
    }
    assertEquals(0, inner().pool().restored());
  }

  @Test
  void an_image_goes_when_a_guest_needs_its_memory() throws IOException {
    sandbox.close();
    sandbox = TestSandbox.open(1, 16L * PAGE);
    byte[] wasm = initialised("limpet_init");
    assertEquals(new Outcome.Completed(FOUND), run(wasm).outcome());
    assertTrue(inner().pool().bytes() > 2 * PAGE, inner().pool().bytes() + " bytes");
    assertEquals(new Outcome.Completed(0), run(RawModules.command(15)).outcome());
    assertEquals(0, inner().pool().bytes());
    assertEquals(new Outcome.Completed(FOUND), run(wasm).outcome());
    assertEquals(0, inner().pool().restored());
  }

  @Test
  void raw_functions_have_it_after_their_own_initialiser() {
    WasmBuilder module = new WasmBuilder().memory(1).exportMemory();
    module.export("alloc", module.function("i>i", "", new WasmCode().i32(1024)));
    module.export("_initialize", module.function(">", "", more(CELL, 3)));
    WasmCode doubled = more(CELL, 0).i32(CELL).i32(CELL).op(0x2d, 0, 0);
    doubled.i32(CELL).op(0x2d, 0, 0).add().op(0x3a, 0, 0);
    module.export("limpet_init", module.function(">", "", doubled));
    WasmCode handle = more(CELL, 1).i64((long) CELL << 32 | 1);
    byte[] wasm = module.export("handle", module.function("ii>I", "", handle)).build();
    for (int i = 0; i < 3; i++) {
      ExecutionSpec.Builder spec =
          ExecutionSpec.builder().raw().input(new ByteArrayInputStream(new byte[0]));
      assertArrayEquals(new byte[] {7}, sandbox.run(wasm, spec).output());
    }
  }

  @Test
  void an_initialiser_of_another_type_is_refused() {
    WasmBuilder module = command();
    module.export("limpet_init", module.function("i>", "", new WasmCode()));
    byte[] wasm = module.export("_start", module.function(">", "", new WasmCode())).build();
    assertThrows(GateRefusedException.class, () -> sandbox.sandbox().compile(wasm));
  }
}
