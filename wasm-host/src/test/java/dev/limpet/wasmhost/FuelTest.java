package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The numbers of {@code pure-1}. Fuel is part of what a Task means (its clock derives from it):
 * when one of these changes, the profile needs another name.
 */
final class FuelTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();

  /** What any host call costs. */
  private static final long HOST_CALL = 64;

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  private static long fuel(byte[] wasm) {
    return SANDBOX.run(wasm).usage().fuel();
  }

  private static byte[] command(WasmCode code) {
    WasmBuilder module = new WasmBuilder();
    int leaf = module.function(">", "", new WasmCode());
    assertEquals(0, leaf);
    return module
        .memory(1)
        .table(1)
        .elements(0, leaf)
        .export("_start", module.function(">", "i", code))
        .build();
  }

  @Test
  void straight_code_is_free() {
    assertEquals(0, fuel(command(new WasmCode().i32(1).i32(2).add().drop())));
  }

  @Test
  void a_call_costs_one_tick_direct_or_through_the_table() {
    assertEquals(3, fuel(command(new WasmCode().call(0).call(0).call(0))));
    assertEquals(1, fuel(command(new WasmCode().i32(0).op(0x11, 0, 0))));
  }

  @Test
  void a_loop_costs_a_tick_for_each_way_back() {
    WasmCode code = new WasmCode().i32(1000).set(0).loop();
    assertEquals(999, fuel(command(code.get(0).i32(1).sub().tee(0).brIf(0).end())));
  }

  /** So long that the fuel of its loops is paid by other code. */
  private static WasmCode large(WasmCode code) {
    WasmCode padded = new WasmCode();
    for (int i = 0; i < 800; i++) {
      padded.i32(100_000 + i).set(0);
    }
    return padded.append(code);
  }

  @Test
  void loops_of_a_large_function_cost_the_same() {
    WasmCode inner = new WasmCode().i32(100).set(0).loop();
    inner.get(0).i32(1).sub().tee(0).brIf(0).end();
    assertEquals(99, fuel(command(large(inner))));
    WasmCode endless = large(new WasmCode().loop().br(0).end());
    SandboxLimits little = new SandboxLimits(1 << 20, 100_000, 100, 1024, 1, 0, 1000);
    TestSandbox.Ran ran = SANDBOX.run(command(endless), ExecutionSpec.builder().limits(little));
    assertEquals(new Outcome.OutOfFuel(), ran.outcome());
    assertEquals(100_000, ran.usage().fuel());
    WasmCode carrying = new WasmCode().i32(7000).i32(5).op(0x03, 0);
    carrying.i32(1).sub().tee(0).get(0).brIf(0).end().drop().drop();
    assertEquals(4, fuel(pair(carrying)));
    assertEquals(4, fuel(pair(large(carrying))));
  }

  /** As above, where a loop takes two values along: type 0 is that. */
  private static byte[] pair(WasmCode code) {
    WasmBuilder module = new WasmBuilder();
    assertEquals(0, module.type("ii>ii"));
    return module.memory(1).export("_start", module.function(">", "i", code)).build();
  }

  @Test
  void a_switch_that_may_go_back_costs_a_tick_each_time_wherever_it_goes() {
    WasmCode code = new WasmCode().i32(1000).set(0).block().loop();
    code.get(0).i32(1).sub().tee(0).eqz().op(0x0e, 1, 0, 1).end().end();
    assertEquals(1000, fuel(command(code)));
    assertEquals(0, fuel(command(new WasmCode().block().i32(0).op(0x0e, 1, 0, 0).end())));
  }

  @Test
  void growth_is_paid_by_the_page() {
    assertEquals(3 * 8192, fuel(command(new WasmCode().i32(3).grow().drop())));
    assertEquals(0, fuel(command(new WasmCode().i32(100_000).grow().drop())));
  }

  @Test
  void bulk_operations_are_paid_by_their_length() {
    WasmCode fill = new WasmCode().i32(0).i32(7).i32(65_536).op(0xfc, 0x0b, 0);
    assertEquals(1024, fuel(command(fill)));
    WasmCode copy = new WasmCode().i32(0).i32(64).i32(640).op(0xfc, 0x0a, 0, 0);
    assertEquals(10, fuel(command(copy)));
    WasmCode beyond = new WasmCode().i32(0).i32(7).i32(65_537).op(0xfc, 0x0b, 0);
    assertEquals(0, fuel(command(beyond)));
    assertEquals(50, fuel(withTable(new WasmCode().i32(0).op(0xd0, 0x70).i32(50).op(0xfc, 17, 0))));
    assertEquals(7, fuel(withTable(new WasmCode().i32(0).i32(9).i32(7).op(0xfc, 14, 0, 0))));
    assertEquals(1, fuel(withTable(new WasmCode().i32(3).i32(0).i32(1).op(0xfc, 12, 0, 0))));
  }

  private static byte[] withTable(WasmCode code) {
    WasmBuilder module = new WasmBuilder();
    int leaf = module.function(">", "", new WasmCode());
    return module
        .memory(1)
        .table(100)
        .passiveElements(leaf)
        .export("_start", module.function(">", "", code))
        .build();
  }

  @Test
  void whole_runs_have_numbers_that_stay() {
    assertEquals(HOST_CALL, fuel(SampleModules.exitsWith(0)) - 1);
    assertEquals(
        List.of(HOST_CALL + 2, 65_089L, 10_000L),
        List.of(
            fuel(SampleModules.hello()),
            fuel(SampleModules.writesBytes(1_000_000)),
            fuel(SampleModules.recursesForever())));
  }
}
