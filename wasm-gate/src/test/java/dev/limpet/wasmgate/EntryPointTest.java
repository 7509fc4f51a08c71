package dev.limpet.wasmgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the report says of an admitted module. */
final class EntryPointTest {

  private static ModuleReport report(byte[] wasm) {
    GateVerdict verdict = new ModuleGate(GateLimits.pure0()).inspect(wasm);
    return assertInstanceOf(GateVerdict.Admitted.class, verdict, verdict::toString).report();
  }

  @Test
  void start_means_command_and_handle_with_alloc_means_raw() {
    assertEquals(Abi.COMMAND, report(SampleModules.hello()).abi());
    assertEquals(Abi.COMMAND, report(SampleModules.withoutMemory()).abi());
    assertEquals(Abi.RAW, report(SampleModules.raw()).abi());
  }

  @Test
  void a_module_that_exports_both_is_a_command() {
    WasmBuilder module = new WasmBuilder().memory(1).exportMemory();
    WasmCode trap = new WasmCode().unreachable();
    module.export("alloc", module.function("i>i", "", trap));
    module.export("handle", module.function("ii>I", "", trap));
    module.export("_start", module.function(">", "", new WasmCode()));
    assertEquals(Abi.COMMAND, report(module.build()).abi());
  }

  @Test
  void counts_are_of_what_is_there() {
    ModuleReport hello = report(SampleModules.hello());
    assertEquals(1, hello.initialPages());
    assertEquals(2, hello.functions());
    assertEquals("wasi_snapshot_preview1.fd_write", hello.imports().getFirst().toString());
    assertEquals(Set.of(), hello.features());
    assertTrue(hello.hasMemory());
    assertEquals(Set.of("bulk-memory"), report(SampleModules.fillsForever()).features());
    assertTrue(report(SampleModules.growsThenExits()).growsMemory());
    assertTrue(report(SampleModules.exitsInStart(0)).hasStart());
  }

  @Test
  void a_large_start_is_admitted_with_a_hint_for_its_developer() {
    WasmBuilder module = new WasmBuilder();
    byte[] wasm =
        module.memory(257).export("_start", module.function(">", "", new WasmCode())).build();
    String hint = report(wasm).hints().getFirst();
    assertTrue(hint.contains("-Wl,-z,stack-size"), hint);
  }
}
