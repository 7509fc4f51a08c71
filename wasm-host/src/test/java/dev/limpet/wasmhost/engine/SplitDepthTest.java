package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;

/**
 * A function whose parts are calls inside each other ends at the depth limit, not at the stack's.
 */
final class SplitDepthTest {

  /** Of guests' threads, see {@code WasmSandbox}: it is enough for what guests run on. */
  private static final long STACK_BYTES = 16L << 20;

  /** For parts inside each other that are smaller than any of a guest's. */
  private static final long LARGE_STACK_BYTES = 1L << 30;

  private static final GuestLimits DEEPEST = new GuestLimits(1 << 20, 1L << 40, 10_000);
  private static final int LEVELS = 24;
  private static final int LOCALS = 60;

  /** Calls itself from inside two dozen loops, each of which uses all variables. */
  private static byte[] recursion() {
    WasmCode code = new WasmCode();
    for (int level = 0; level < LEVELS; level++) {
      code.loop();
      for (int local = 1; local <= LOCALS; local++) {
        code.get(local).get(0).add().set(local);
      }
    }
    code.get(1).call(0).set(0);
    for (int level = 0; level < LEVELS; level++) {
      code.get(LOCALS - level).brIf(0).end();
    }
    code.get(0);
    WasmBuilder module = new WasmBuilder().memory(1);
    return module.export("f", module.function("i>i", "i".repeat(LOCALS), code)).build();
  }

  @Test
  void recursion_through_parts_ends_at_the_depth_limit() throws Exception {
    byte[] wasm = recursion();
    assertTrue(
        CompiledCalls.of(wasm, "func_0$").size() > LEVELS / 4, "the function is in one piece");
    long first = fuelUntilTooDeep(SpecEngine.COMPILED, wasm, STACK_BYTES);
    assertTrue(first > 100, "after " + first);
    assertEquals(first, fuelUntilTooDeep(SpecEngine.COMPILED, wasm, STACK_BYTES));
  }

  @ParameterizedTest
  @EnumSource(
      value = SpecEngine.class,
      names = {"WHOLE", "SPLIT", "LASTING"})
  void recursion_ends_at_the_same_call_however_the_function_is_split(SpecEngine engine)
      throws Exception {
    byte[] wasm = recursion();
    assertEquals(
        fuelUntilTooDeep(SpecEngine.COMPILED, wasm, STACK_BYTES),
        fuelUntilTooDeep(engine, wasm, LARGE_STACK_BYTES));
  }

  private static long fuelUntilTooDeep(SpecEngine engine, byte[] wasm, long stackBytes)
      throws InterruptedException, ExecutionException {
    Instance instance = engine.instantiate(wasm, ImportValues.empty(), DEEPEST);
    FutureTask<GuestStopped> run =
        new FutureTask<>(
            () -> assertThrows(GuestStopped.class, () -> instance.export("f").apply(1)));
    new Thread(null, run, "guest", stackBytes).start();
    assertInstanceOf(StopReason.TooDeep.class, run.get().reason());
    return ((GuestMemory) instance.memory()).usedFuel();
  }
}
