package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import org.junit.jupiter.api.Test;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.TrapException;

/** What a call has left in the fields of its variables, however it ended, is nobody's. */
final class LastingIntsTest {

  private static final int EQUAL = 0x46;
  private static final int LOCALS = 7;
  private static final int TRAPS_AT = 900;
  private static final int CASES = 24;
  private static final int PLAIN = 7;

  /**
   * Counts down from what it gets; at each number it looks at all of its cases, of which one calls
   * the function itself and one traps.
   */
  private static byte[] guest() {
    WasmCode code = new WasmCode().loop();
    for (int i = 0; i < CASES; i++) {
      int local = 1 + i % LOCALS;
      code.get(0).i32(i).op(EQUAL).when();
      for (int more = 0; more < 6; more++) {
        code.get(local).get(0).add().i32(i + more).add().set(1 + (i + more) % LOCALS);
      }
      code.end();
    }
    code.get(0).i32(5).op(EQUAL).when().get(1).i32(3).call(0).add().set(1).end();
    code.get(0).i32(TRAPS_AT).op(EQUAL).when().unreachable().end();
    code.get(0).i32(1).sub().tee(0).brIf(0).end();
    code.get(1);
    for (int local = 2; local <= LOCALS; local++) {
      code.get(local).add();
    }
    WasmBuilder module = new WasmBuilder().memory(1);
    return module.export("f", module.function("i>i", "i".repeat(LOCALS), code)).build();
  }

  private static Instance instance(SpecEngine engine) {
    return engine.instantiate(guest(), ImportValues.empty());
  }

  private static long call(Instance instance, int n) {
    return instance.export("f").apply(n)[0];
  }

  /** What they hold, of which no guest may know. */
  private static int left(GuestMemory memory) {
    return memory.lasting0 | memory.lasting1 | memory.lasting2;
  }

  @Test
  void a_call_leaves_them_as_they_were() {
    Instance instance = instance(SpecEngine.LASTING);
    GuestMemory memory = (GuestMemory) instance.memory();
    memory.lasting0 = 77;
    memory.lasting5 = -5;
    assertEquals(call(instance(SpecEngine.INTERPRETED), PLAIN), call(instance, PLAIN));
    assertEquals(77, memory.lasting0);
    assertEquals(-5, memory.lasting5);
  }

  @Test
  void a_call_after_one_that_trapped_sees_nothing_of_it() {
    Instance instance = instance(SpecEngine.LASTING);
    GuestMemory memory = (GuestMemory) instance.memory();
    assertThrows(TrapException.class, () -> call(instance, TRAPS_AT + 9));
    assertNotEquals(0, left(memory), "nothing stays in a field");
    memory.begin(SpecEngine.LIMITS, new StopSignal());
    assertEquals(call(instance(SpecEngine.INTERPRETED), PLAIN), call(instance, PLAIN));
  }

  @Test
  void an_instance_restored_after_its_fuel_was_out_sees_nothing_of_it() {
    Instance instance = instance(SpecEngine.LASTING);
    GuestMemory memory = (GuestMemory) instance.memory();
    MemoryImage image = memory.image();
    memory.begin(new GuestLimits(1 << 20, 40, 1_000), new StopSignal());
    GuestStopped stopped = assertThrows(GuestStopped.class, () -> call(instance, 500));
    assertEquals(StopReason.OutOfFuel.class, stopped.reason().getClass());
    assertNotEquals(0, left(memory), "nothing stays in a field");
    memory.restore(image);
    memory.begin(SpecEngine.LIMITS, new StopSignal());
    assertEquals(call(instance(SpecEngine.INTERPRETED), PLAIN), call(instance, PLAIN));
  }

  @Test
  void fuel_is_what_it_is_with_variables_of_their_own() {
    Instance lasting = instance(SpecEngine.LASTING);
    Instance whole = instance(SpecEngine.COMPILED);
    assertEquals(call(whole, 90), call(lasting, 90));
    assertEquals(
        ((GuestMemory) whole.memory()).usedFuel(), ((GuestMemory) lasting.memory()).usedFuel());
  }
}
