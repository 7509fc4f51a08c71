package dev.limpet.wasmgate;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come, the gate ends in a verdict, in work and memory that its input pays for. A
 * target of Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
final class GateFuzz {
  private static final ModuleGate GATE = new ModuleGate(GateLimits.pure0());
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** See {@link GateFuzzTest}. */
  private static final int LOOKS_AT_A_BYTE = 4;

  /** Names, signatures and refusals of a module, beside what its bytes pay for. */
  private static final long FIXED_BYTES = 4 << 20;

  private static final long BYTES_FOR_A_BYTE = 64;

  static {
    // Loading and instrumenting classes is nothing that the input pays for.
    modules().forEach(module -> assertNotNull(GATE.inspect(module.bytes())));
  }

  static Stream<Arguments> seeds() {
    return modules().map(module -> Arguments.of(Named.of(module.name(), module.bytes())));
  }

  private static Stream<NamedModule> modules() {
    return Stream.concat(SampleModules.all(), HostileModules.all())
        .filter(module -> module.bytes().length < 20_000);
  }

  @MethodSource("seeds")
  @FuzzTest
  void any_bytes_end_in_a_verdict(byte[] wasm) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    GateVerdict verdict = GATE.inspect(wasm);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertNotNull(verdict);
    assertTrue(allocated <= FIXED_BYTES + BYTES_FOR_A_BYTE * wasm.length, allocated + " bytes");
    if (verdict instanceof GateVerdict.Refused refused) {
      assertTrue(refused.refusals().size() <= GateLimits.MAX_REFUSALS);
    }
    if (Preamble.of(wasm) == Preamble.MODULE) {
      ModuleScan scan = new ModuleScan(wasm, GateLimits.pure0());
      assertNotNull(scan.verdict());
      assertTrue(scan.bytesRead() <= (long) LOOKS_AT_A_BYTE * wasm.length);
    }
  }
}
