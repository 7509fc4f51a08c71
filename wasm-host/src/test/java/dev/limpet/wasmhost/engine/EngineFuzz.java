package dev.limpet.wasmhost.engine;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import dev.limpet.wasmgate.NamedModule;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.RawModules;
import dev.limpet.wasmhost.VariedModule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import run.endive.wasm.InvalidException;

/**
 * What the gate admits the engine parses, or says that it breaks a rule of validation; it compiles
 * it, or refuses it by name; and what runs does the same in compiled code and in the interpreter. A
 * target of Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
final class EngineFuzz {

  private static final ModuleGate GATE = new ModuleGate(GateLimits.pure0());

  /** Of a seed: Jazzer makes nothing longer than the longest of them. */
  private static final int MAX_BYTES = 2_000;

  static Stream<Arguments> seeds() {
    return modules().map(module -> Arguments.of(Named.of(module.name(), module.bytes())));
  }

  static Stream<NamedModule> modules() {
    Stream<NamedModule> more =
        Stream.of(
            new NamedModule("varied", VariedModule.bytes(), ""),
            new NamedModule("dirties everything", RawModules.dirtiesEverything(), ""),
            new NamedModule("counts", RawModules.counts(), ""));
    return Stream.concat(SampleModules.all(), more)
        .filter(module -> module.bytes().length < MAX_BYTES);
  }

  @MethodSource("seeds")
  @FuzzTest
  void admitted_modules_do_the_same_in_both_engines(byte[] wasm) {
    boolean _ = run(wasm);
  }

  /** Whether both engines ran it to an end. */
  static boolean run(byte[] wasm) {
    if (!(GATE.inspect(wasm) instanceof GateVerdict.Admitted)) {
      return false;
    }
    try {
      return TwoEngines.agree(wasm);
    } catch (InvalidException | ModuleRefused e) {
      return false; // with a name
    }
  }
}
