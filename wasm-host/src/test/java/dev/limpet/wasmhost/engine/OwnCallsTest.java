package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls through a table. */
final class OwnCallsTest {

  private static byte[] module() {
    WasmBuilder module = new WasmBuilder().memory(1);
    int target = module.function("i>i", "", new WasmCode().get(0).i32(1).add());
    int type = module.type("i>i");
    WasmCode code = new WasmCode().i32(7).i32(0).op(0x11, type, 0).drop();
    int start = module.function(">", "", code);
    return module.table(2).elements(0, target).export("_start", start).build();
  }

  /**
   * The engine, too, as long as this is red without the rewriting: its shape is what is matched.
   */
  @Test
  void no_table_is_asked_whose_function_it_has_and_no_other_instance_is_called() {
    List<String> calls =
        CompiledCalls.of(module(), "call_indirect_0").stream().map(call -> call.name).toList();
    assertEquals(
        List.of("tick", "table", "requiredRef", "func_0", "throwIndirectCallTypeMismatch"), calls);
  }
}
