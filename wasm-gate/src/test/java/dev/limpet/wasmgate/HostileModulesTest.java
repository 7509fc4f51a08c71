package dev.limpet.wasmgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule refuses, by name and with advice, and what is just within a limit is admitted. */
final class HostileModulesTest {
  private static final ModuleGate GATE = new ModuleGate(GateLimits.pure0());

  static Stream<NamedModule> modules() {
    return HostileModules.all();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void a_hostile_module_is_refused_by_name_with_advice(NamedModule module) {
    GateVerdict verdict = GATE.inspect(module.bytes());
    GateVerdict.Refused refused =
        assertInstanceOf(GateVerdict.Refused.class, verdict, verdict::toString);
    Set<String> rules = refused.refusals().stream().map(Refusal::rule).collect(Collectors.toSet());
    assertTrue(rules.contains(module.expectedRule()), refused::toString);
    for (Refusal refusal : refused.refusals()) {
      assertFalse(refusal.detail().isBlank());
      assertTrue(refusal.detail().length() < 1500, refusal.detail());
      assertTrue(refusal.advice().endsWith("."), refusal.advice());
    }
  }

  @Test
  void every_rule_has_a_module_that_breaks_it() {
    Set<String> rules = new TreeSet<>();
    for (Rule rule : Rule.values()) {
      rules.add(rule.id());
    }
    Set<String> broken =
        modules().map(NamedModule::expectedRule).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(rules, broken);
  }

  @Test
  void one_verdict_names_several_reasons_and_stays_short() {
    WasmCode code = new WasmCode();
    WasmBuilder module = new WasmBuilder();
    int first = module.importFunction("env", "\u001b[31m" + "x".repeat(500), ">");
    for (int i = 0; i < 1000; i++) {
      int _ = module.function(">", "", new WasmCode().op(0xfd, 0x0c));
      int _ = module.function(">", "", new WasmCode().op(0x12, 0x00));
    }
    byte[] wasm = module.export("_start", module.function(">", "", code.call(first))).build();
    GateVerdict.Refused refused = assertInstanceOf(GateVerdict.Refused.class, GATE.inspect(wasm));
    assertEquals(
        Set.of("unknown-import", "simd", "tail-call"),
        refused.refusals().stream().map(Refusal::rule).collect(Collectors.toSet()));
    String all = refused.refusals().toString();
    assertTrue(all.contains("And 995 more."), all);
    assertTrue(all.length() < 3000, all);
    assertFalse(all.contains("\u001b"), all);
  }

  @Test
  void what_lies_behind_a_skipped_part_is_still_read_without_harm() {
    WasmBytes globals = new WasmBytes().u32(1_000_000).bytes(0x7f, 1, 0x41, 0, 0x0b);
    WasmBytes exports = new WasmBytes().u32(1).name("g").bytes(3).u32(0xffff_ffffL);
    byte[] wasm =
        HostileModules.command()
            .section(WasmBuilder.GLOBAL, globals.toBytes())
            .section(WasmBuilder.EXPORT, exports.toBytes())
            .build();
    assertInstanceOf(GateVerdict.Refused.class, GATE.inspect(wasm));
  }

  @Test
  void an_import_that_is_no_function_does_not_make_up_other_reasons() {
    WasmBytes imports = new WasmBytes().u32(500);
    byte[] wasm =
        HostileModules.command(new WasmCode().i32(0).load(0).drop())
            .table(1)
            .elements(0, 0)
            .section(WasmBuilder.IMPORT, imports.toBytes())
            .build();
    GateVerdict.Refused refused = assertInstanceOf(GateVerdict.Refused.class, GATE.inspect(wasm));
    assertEquals(
        Set.of("too-many-imports"),
        refused.refusals().stream().map(Refusal::rule).collect(Collectors.toSet()));
  }

  @Test
  void a_profile_with_more_memory_admits_more() {
    WasmBuilder module = new WasmBuilder();
    byte[] wasm =
        module.memory(1025).export("_start", module.function(">", "", new WasmCode())).build();
    assertInstanceOf(GateVerdict.Refused.class, GATE.inspect(wasm));
    GateLimits roomy = GateLimits.pure0().withMemoryBytes(128L << 20);
    assertInstanceOf(GateVerdict.Admitted.class, new ModuleGate(roomy).inspect(wasm));
  }
}
