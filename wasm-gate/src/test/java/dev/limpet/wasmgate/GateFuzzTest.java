package dev.limpet.wasmgate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come, the gate ends in a verdict, and looks at each byte a few times at most. The
 * seed is fresh on every run and printed when something fails; {@code -Dlimpet.seed} sets it.
 */
final class GateFuzzTest {
  private static final ModuleGate GATE = new ModuleGate(GateLimits.pure0());
  private static final long SEED = Long.getLong("limpet.seed", System.nanoTime());
  private static final int FLIPS = 60;

  /** The body once, its name in the name section, peeked bytes: never more than this. */
  private static final int LOOKS_AT_A_BYTE = 4;

  private final Random random = new Random(SEED);

  static List<NamedModule> samples() {
    return SampleModules.all().toList();
  }

  static List<NamedModule> smallModules() {
    return Stream.concat(SampleModules.all(), HostileModules.all())
        .filter(module -> module.bytes().length < 20_000)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_module_cut_anywhere_is_refused(NamedModule module) {
    byte[] whole = module.bytes();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      GateVerdict verdict =
          assertDoesNotThrow(() -> GATE.inspect(cut), () -> "cut to " + cut.length);
      // Without its last section, the data, a module is another one, and as good.
      boolean isWhole = whole[length] == WasmBuilder.DATA;
      if (!isWhole) {
        assertInstanceOf(GateVerdict.Refused.class, verdict, () -> "cut to " + cut.length);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("smallModules")
  void a_module_with_wrong_bytes_gets_a_verdict(NamedModule module) {
    for (int round = 0; round < FLIPS; round++) {
      byte[] wasm = module.bytes().clone();
      for (int changes = 1 + random.nextInt(3); changes > 0 && wasm.length > 0; changes--) {
        wasm[random.nextInt(wasm.length)] = (byte) random.nextInt();
      }
      String where = "seed " + SEED + ", round " + round + " of " + module.name();
      assertNotNull(assertDoesNotThrow(() -> GATE.inspect(wasm), where), where);
      assertLinear(wasm, where);
    }
  }

  private static void assertLinear(byte[] wasm, String where) {
    if (Preamble.of(wasm) != Preamble.MODULE) {
      return;
    }
    ModuleScan scan = new ModuleScan(wasm, GateLimits.pure0());
    assertNotNull(scan.verdict());
    assertTrue(
        scan.bytesRead() <= (long) LOOKS_AT_A_BYTE * wasm.length,
        () -> where + ": " + scan.bytesRead() + " looks at " + wasm.length + " bytes");
  }

  @ParameterizedTest
  @MethodSource("dev.limpet.wasmgate.GateFuzz#seeds")
  void seeds_of_the_fuzz_target_get_a_verdict(byte[] wasm) {
    new GateFuzz().any_bytes_end_in_a_verdict(wasm);
  }

  @Test
  void random_bytes_behind_the_preamble_get_a_verdict() {
    for (int round = 0; round < 5_000; round++) {
      byte[] tail = new byte[random.nextInt(64)];
      random.nextBytes(tail);
      byte[] wasm = new WasmBytes().append(WasmBuilder.PREAMBLE).append(tail).toBytes();
      String where = "seed " + SEED + ", round " + round;
      assertDoesNotThrow(() -> GATE.inspect(wasm), where);
      assertLinear(wasm, where);
    }
  }

  @Test
  void the_largest_module_is_read_in_linear_work() {
    WasmBuilder module = new WasmBuilder();
    WasmCode code = new WasmCode();
    for (int i = 0; i < 12_000; i++) {
      code.i32(1).drop();
    }
    for (int i = 0; i < 200; i++) {
      int _ = module.function(">", "", code);
    }
    byte[] wasm = module.export("_start", 0).build();
    assertTrue(wasm.length > 5_000_000 && wasm.length < GateLimits.MAX_MODULE_BYTES);
    assertLinear(wasm, "large");
  }
}
