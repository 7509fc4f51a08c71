package dev.limpet.cli.demo;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import org.junit.jupiter.api.Test;

class LoopModuleTest {
  @Test
  void the_gate_admits_it_since_looping_is_not_a_crime() {
    var verdict = new ModuleGate(GateLimits.pure0()).inspect(LoopModule.bytes());
    assertInstanceOf(GateVerdict.Admitted.class, verdict, verdict.toString());
  }
}
