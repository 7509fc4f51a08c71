package dev.limpet.benchmarks;

import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import java.nio.file.Path;
import javax.crypto.spec.SecretKeySpec;

/** The sandbox that benchmarks run guests in: it compiles in this process, and keeps all code. */
public final class BenchSandbox {
  private static final int CODE_BYTES = 64 << 20;

  private BenchSandbox() {}

  /**
   * Opens one.
   *
   * @param folder for compiled code
   * @param slots guests at a time
   * @param memoryBytes of all guests together
   */
  public static Sandbox open(Path folder, int slots, long memoryBytes) {
    SandboxConfig.CompiledCache cache =
        new SandboxConfig.CompiledCache(
            folder, new SecretKeySpec(new byte[32], "HmacSHA256"), CODE_BYTES, CODE_BYTES);
    return Sandbox.open(new SandboxConfig(cache, slots, memoryBytes));
  }
}
