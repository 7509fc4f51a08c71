package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Fuel of functions that keep it in a variable: each is counted as if it were written each time.
 */
final class LoopFuelTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();

  /** More than a slice. */
  private static final int MANY = 5000;

  private static final int DIVIDE = 0x6d;

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  private static byte[] command(WasmCode code) {
    WasmBuilder module = new WasmBuilder();
    int leaf = module.function(">", "", new WasmCode());
    assertEquals(0, leaf);
    return module.memory(1).export("_start", module.function(">", "ii", code)).build();
  }

  private static long fuel(WasmCode code) {
    TestSandbox.Ran ran = SANDBOX.run(command(code));
    assertEquals(new Outcome.Completed(0), ran.outcome());
    return ran.usage().fuel();
  }

  private static long fuelUntilTrap(WasmCode code) {
    TestSandbox.Ran ran = SANDBOX.run(command(code));
    assertInstanceOf(Outcome.Trapped.class, ran.outcome());
    return ran.usage().fuel();
  }

  /** Runs through a body so often, and goes back one time less. */
  private static WasmCode times(int local, int turns, WasmCode body) {
    WasmCode code = new WasmCode().i32(turns).set(local).loop().append(body);
    return code.get(local).i32(1).sub().tee(local).brIf(0).end();
  }

  private static WasmCode times(int local, int turns) {
    return times(local, turns, new WasmCode());
  }

  @Test
  void turns_before_a_trap_are_counted_also_those_since_the_last_slice() {
    WasmCode divides = new WasmCode().i32(MANY).set(0).loop();
    divides.get(0).i32(1).sub().set(0).i32(1).get(0).op(DIVIDE).drop().br(0).end();
    assertEquals(MANY - 1, fuelUntilTrap(divides));
    WasmCode reads = new WasmCode().loop().get(0).load(0).drop();
    reads.get(0).i32(8).add().set(0).br(0).end();
    assertEquals(65_536 / 8, fuelUntilTrap(reads));
    WasmCode writes = new WasmCode().loop().get(0).i32(7).store(12);
    writes.get(0).i32(16).add().set(0).br(0).end();
    assertEquals(65_536 / 16, fuelUntilTrap(writes));
    WasmCode ends = times(0, MANY, new WasmCode().get(0).i32(9).equal().when().unreachable().end());
    assertEquals(MANY - 9, fuelUntilTrap(ends));
    assertEquals(99, fuelUntilTrap(times(0, 100).append(new WasmCode().unreachable())));
  }

  @Test
  void calls_between_loops_use_what_the_loops_have_left() {
    WasmCode call = new WasmCode().call(0);
    assertEquals(9 + 1 + 19, fuel(times(0, 10).append(call).append(times(0, 20))));
    assertEquals(2 + 3 * (MANY - 1 + 1), fuel(times(0, 3, times(1, MANY).append(call))));
    WasmCode grows = new WasmCode().i32(1).grow().drop();
    assertEquals(2 * (MANY - 1) + 8192, fuel(times(0, MANY).append(grows).append(times(0, MANY))));
    WasmCode sometimes = new WasmCode().get(0).i32(5).equal().when().call(0).end();
    assertEquals(1 + 9 + 9, fuel(times(0, 10, sometimes).append(times(0, 10))));
  }

  @Test
  void loops_inside_each_other_share_it() {
    assertEquals(69 + 70 * (MANY / 50 - 1), fuel(times(0, 70, times(1, MANY / 50))));
  }

  @Test
  void fuel_ends_in_the_loop_that_has_used_it() {
    SandboxLimits little = new SandboxLimits(1 << 20, 10_000, 100, 1024, 1, 0, 1000);
    TestSandbox.Ran ran =
        SANDBOX.run(command(times(0, 20_000)), ExecutionSpec.builder().limits(little));
    assertEquals(new Outcome.OutOfFuel(), ran.outcome());
    assertEquals(10_000, ran.usage().fuel());
    TestSandbox.Ran enough =
        SANDBOX.run(command(times(0, 10_001)), ExecutionSpec.builder().limits(little));
    assertEquals(new Outcome.Completed(0), enough.outcome());
    assertEquals(10_000, enough.usage().fuel());
  }
}
