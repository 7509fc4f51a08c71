package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Store;

/** Calls through a table. */
final class OwnCallsTest {

  private static final List<String> OWN =
      List.of("tick", "table", "requiredRef", "func_0", "throwIndirectCallTypeMismatch");

  private static final int CALL_INDIRECT = 0x11;

  private static WasmBuilder module() {
    WasmBuilder module = new WasmBuilder().memory(1);
    int target = module.function("i>i", "", new WasmCode().get(0).i32(1).add());
    int type = module.type("i>i");
    WasmCode code = new WasmCode().i32(7).i32(0).op(CALL_INDIRECT, type, 0).drop();
    int start = module.function(">", "", code);
    return module.table(2).elements(0, target).export("_start", start);
  }

  /**
   * The engine, too, as long as this is red without the rewriting: its shape is what is matched.
   */
  @Test
  void no_table_is_asked_whose_function_it_has_and_no_other_instance_is_called() {
    assertEquals(OWN, calls(module()));
  }

  @Test
  void a_module_that_exports_its_table_calls_its_own_functions_too_as_nobody_gets_the_table() {
    assertEquals(OWN, calls(module().exportTable()));
  }

  private static List<String> calls(WasmBuilder module) {
    return CompiledCalls.of(module.build(), "call_indirect_0").stream()
        .map(call -> call.name)
        .toList();
  }

  @Test
  void where_instances_share_a_table_the_one_is_called_whose_function_it_is() {
    WasmBuilder owning = new WasmBuilder().memory(1).table(1).exportTable();
    owning.elements(0, owning.function(">i", "", new WasmCode().i32(1)));
    WasmCode call = new WasmCode().i32(0).op(CALL_INDIRECT, owning.type(">i"), 0);
    owning.export("call", owning.function(">i", "", call));
    Instance owner = made(owning, ImportValues.builder().build());
    assertArrayEquals(new long[] {1}, owner.export("call").apply());
    WasmBuilder importing = new WasmBuilder().memory(1).importTable("owner", "table", 1);
    importing.elements(0, importing.function(">i", "", new WasmCode().i32(7)));
    made(importing, new Store().register("owner", owner).toImportValues());
    assertArrayEquals(new long[] {7}, owner.export("call").apply());
  }

  private static Instance made(WasmBuilder module, ImportValues imports) {
    return SpecEngine.COMPILED.instantiate(module.build(), imports);
  }
}
