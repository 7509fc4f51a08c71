package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.SandboxLimits;
import dev.limpet.wasmhost.TestSandbox;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions get the arrays of others that have ended, and never a byte of what was in them. */
@Timeout(60)
class SharedArraysTest {
  private static final int PAGE = 1 << 16;
  private static final int EXIT = 0;

  /** 17 to 20 pages are of one length. */
  private static final int PAGES = 17;

  private final TestSandbox sandbox = TestSandbox.open(1, 64 << 20);

  @BeforeEach
  void start() {
    KeptArrays.SHARED.clear();
  }

  @AfterEach
  void stop() throws IOException {
    sandbox.close();
  }

  enum End {
    RETURN,
    EXIT,
    TRAP,
    FUEL,
    BEYOND,
    GROWTH
  }

  private static WasmCode fill(int pages) {
    return new WasmCode().i32(0).i32(0xAB).i32(pages * PAGE).op(0xfc, 0x0b, 0);
  }

  private static WasmCode ending(End end) {
    WasmCode code = new WasmCode();
    return switch (end) {
      case RETURN -> code;
      case EXIT -> code.i32(0).call(EXIT);
      case TRAP -> code.unreachable();
      case FUEL -> code.loop().br(0).end();
      // A copy that ends a byte beyond what there is.
      case BEYOND -> code.i32(1).i32(0).i32((PAGES + 2) * PAGE).op(0xfc, 0x0a, 0, 0);
      // To another array, whose own is then kept in the middle of the run; then it ends.
      case GROWTH -> code.i32(10).grow().drop().append(fill(PAGES + 12));
    };
  }

  private static WasmBuilder command(int pages) {
    WasmBuilder module = new WasmBuilder();
    assertEquals(EXIT, module.wasi("proc_exit", "i>"));
    return module.memory(pages);
  }

  /** Writes all that it has and grows to, and ends. */
  private static byte[] writer(End end) {
    WasmCode code = fill(PAGES).i32(2).grow().drop().append(fill(PAGES + 2)).append(ending(end));
    WasmBuilder module = command(PAGES);
    return module.export("_start", module.function(">", "", code)).build();
  }

  /** Reads all that it has, and all that it may grow to; exits with what it found. */
  private static byte[] reader(int pages, int more) {
    WasmCode code = sum(new WasmCode()).i32(more).grow().drop();
    sum(code).get(1).op(0xa7).call(EXIT);
    WasmBuilder module = command(pages);
    return module.export("_start", module.function(">", "iI", code)).build();
  }

  /** Joins all 64 bit cells of the memory in a variable, from the last one down. */
  private static WasmCode sum(WasmCode code) {
    code.op(0x3f, 0).i32(PAGE).op(0x6c).set(0).loop().get(0).i32(8).sub().set(0);
    code.get(1).get(0).op(0x29, 0, 0).op(0x84).set(1);
    return code.get(0).brIf(0).end();
  }

  private Outcome run(byte[] wasm) {
    SandboxLimits all = SandboxLimits.pure0();
    SandboxLimits limits = new SandboxLimits(4 << 20, 2_000_000, 100, 1024, 1, 0, all.callDepth());
    return sandbox.run(wasm, ExecutionSpec.builder().limits(limits)).outcome();
  }

  @ParameterizedTest
  @Tag("long")
  @EnumSource(End.class)
  void another_function_finds_only_zeros(End end) {
    run(writer(end));
    assertTrue(KeptArrays.SHARED.bytes() >= PAGES * PAGE, "its array is kept");
    for (int pages = PAGES - 1; pages <= PAGES + 3; pages++) {
      run(writer(end));
      assertEquals(new Outcome.Completed(0), run(reader(pages, 20 - pages)));
      assertEquals(new Outcome.Completed(0), run(reader(pages, 12)));
    }
  }

  @Test
  void the_array_is_really_the_same() {
    run(writer(End.TRAP));
    int kept = KeptArrays.SHARED.bytes();
    assertEquals(20 * PAGE, kept);
    run(reader(18, 1));
    assertEquals(kept, KeptArrays.SHARED.bytes());
  }

  @Test
  void nor_do_raw_functions_that_trapped_leave_anything() {
    WasmBuilder module = new WasmBuilder().memory(PAGES).exportMemory();
    module.export("alloc", module.function("i>i", "", new WasmCode().i32(1024)));
    WasmCode handle = fill(PAGES).unreachable();
    byte[] wasm = module.export("handle", module.function("ii>I", "", handle)).build();
    ExecutionSpec.Builder call =
        ExecutionSpec.builder().raw().input(new ByteArrayInputStream(new byte[0]));
    assertTrue(sandbox.run(wasm, call).outcome() instanceof Outcome.Trapped);
    assertEquals(20 * PAGE, KeptArrays.SHARED.bytes());
    assertEquals(new Outcome.Completed(0), run(reader(18, 2)));
  }
}
