package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import dev.limpet.wasmgate.NamedModule;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Modules with a few wrong bytes that the gate still admits: the engine compiles them or they are
 * refused, and what compiles runs to an outcome that is no fault of ours. The seed is fresh on
 * every run and printed when something fails; {@code -Dlimpet.seed} sets it.
 */
@Timeout(600)
final class MutatedModuleTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();
  private static final ModuleGate GATE = new ModuleGate(GateLimits.pure0());
  private static final long SEED = Long.getLong("limpet.seed", System.nanoTime());
  private static final SandboxLimits LITTLE =
      new SandboxLimits(4 << 20, 1_000_000, 1 << 20, 4096, 8, 1 << 16, 1000);

  private final Random random = new Random(SEED);

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  /** Small modules that use much of wasm, so that many of their bytes matter. */
  private static List<byte[]> samples() {
    Stream<byte[]> samples =
        SampleModules.all().filter(MutatedModuleTest::isSmall).map(NamedModule::bytes);
    return Stream.concat(samples, Stream.of(VariedModule.bytes())).toList();
  }

  /** Not the one that fills a MiB for each tick of fuel: it takes its time whatever is changed. */
  private static boolean isSmall(NamedModule sample) {
    return sample.bytes().length < 2000
        && !sample.name().equals("raw")
        && !sample.name().equals("fills forever");
  }

  @Test
  void modules_with_wrong_bytes_are_refused_or_run() {
    tryMutants(40);
  }

  @Test
  @Tag("nightly")
  void many_modules_with_wrong_bytes_are_refused_or_run() {
    tryMutants(10_000);
  }

  private void tryMutants(int wanted) {
    List<byte[]> samples = samples();
    int admitted = 0;
    int compiled = 0;
    while (admitted < wanted) {
      byte[] wasm = samples.get(random.nextInt(samples.size())).clone();
      for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
        int at = 8 + random.nextInt(wasm.length - 8);
        wasm[at] = (byte) (random.nextBoolean() ? random.nextInt() : wasm[at] ^ 1);
      }
      if (GATE.inspect(wasm) instanceof GateVerdict.Admitted) {
        admitted++;
        compiled += runs(wasm, "seed " + SEED + ", module " + admitted) ? 1 : 0;
      }
    }
    assertTrue(compiled > 0 && compiled < admitted, compiled + " of " + admitted + " compiled");
  }

  private static boolean runs(byte[] wasm, String where) {
    try {
      TestSandbox.Ran ran =
          SANDBOX.run(
              wasm,
              ExecutionSpec.builder()
                  .limits(LITTLE)
                  .wall(Duration.ofSeconds(5))
                  .mount("/data", InMemoryDataMount.directory().add("data", "some data")));
      assertFalse(ran.outcome() instanceof Outcome.HostFailed, () -> where + ran.outcome());
      return true;
    } catch (GateRefusedException e) {
      return false;
    } catch (RuntimeException | Error e) {
      return fail(where, e);
    }
  }
}
