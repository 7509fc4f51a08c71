package dev.limpet.cli.run;

import dev.limpet.wasmhost.Sandbox;
import java.io.IOException;
import java.time.Duration;

/**
 * Compiles a module to see whether the engine takes it: a function whose Java method would be
 * larger than 64 KiB is found by nothing else.
 */
public final class TrialCompile {
  private TrialCompile() {}

  /**
   * Compiles, and forgets what came of it.
   *
   * @return how long it took
   * @throws dev.limpet.wasmhost.GateRefusedException when the gate or the engine refuses it
   */
  public static Duration of(byte[] wasm) throws IOException {
    long start = System.nanoTime();
    try (Scratch scratch = Scratch.open();
        Sandbox sandbox = Sandbox.open(LocalRun.sandboxConfig(scratch.folder()))) {
      var _ = sandbox.compile(wasm);
      return Duration.ofNanos(System.nanoTime() - start);
    }
  }
}
