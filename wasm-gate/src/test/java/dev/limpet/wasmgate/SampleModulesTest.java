package dev.limpet.wasmgate;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The samples that the modules above test with are admitted. */
class SampleModulesTest {

  static Stream<NamedModule> samples() {
    return SampleModules.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void every_sample_is_admitted(NamedModule sample) {
    GateVerdict verdict = new ModuleGate(GateLimits.pure0()).inspect(sample.bytes());
    assertInstanceOf(GateVerdict.Admitted.class, verdict, verdict::toString);
  }
}
