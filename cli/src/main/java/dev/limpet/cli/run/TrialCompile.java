package dev.limpet.cli.run;

import dev.limpet.wasmgate.Refusal;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Compiles a module to see whether the engine takes it: a function whose Java method would be
 * larger than 64 KiB is found by nothing else.
 */
public final class TrialCompile {
  /**
   * What came of it.
   *
   * @param took how long
   * @param slow what speaks against it unless the manifest says {@code allow-slow}
   * @param hints what there is to know besides
   */
  public record Trial(Duration took, List<Refusal> slow, List<String> hints) {}

  private TrialCompile() {}

  /**
   * Compiles, and forgets the code.
   *
   * @throws dev.limpet.wasmhost.GateRefusedException when the gate or the engine refuses it
   */
  public static Trial of(byte[] wasm) throws IOException {
    long start = System.nanoTime();
    try (Scratch scratch = Scratch.open();
        Sandbox sandbox = Sandbox.open(LocalRun.sandboxConfig(scratch.folder()))) {
      CompiledModule module = sandbox.compile(wasm);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      return new Trial(took, module.slow(), module.hints());
    }
  }
}
