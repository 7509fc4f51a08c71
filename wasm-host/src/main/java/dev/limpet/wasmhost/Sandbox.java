package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.CompileCounts;
import org.jspecify.annotations.Nullable;

/** Port: runs functions safely. One for each process; safe for use by many threads. */
public interface Sandbox extends AutoCloseable {

  /**
   * Opens a sandbox with threads and caches of its own.
   *
   * @throws java.io.UncheckedIOException when the folder for compiled code cannot be used
   */
  static Sandbox open(SandboxConfig config) {
    return new WasmSandbox(config);
  }

  /**
   * Takes the module through the gate and compiles it, unless it is cached; once for all who ask
   * for it at the same time.
   *
   * @throws GateRefusedException when the module must not or cannot run
   * @throws NotCompiledException when it was not compiled, and not by its own fault
   * @throws IllegalStateException when the sandbox is closed
   */
  CompiledModule compile(byte[] wasm);

  /**
   * The module of that SHA-256 when it is loaded or on disk, so that nobody needs to read its wasm.
   *
   * @param sha256 64 hexadecimal digits in lower case
   */
  @Nullable CompiledModule cached(String sha256);

  /**
   * Runs the module as a WASI command, or as a raw function, and blocks until it has ended, at most
   * the wall time of the specification and a moment, unless that is lifted meanwhile. Meant to be
   * called on a virtual thread.
   *
   * @param module of this sandbox
   */
  ExecutionResult run(CompiledModule module, ExecutionSpec spec);

  /** What has become of the modules that were asked for. */
  CompileCounts counts();

  /** Ends what runs as {@link Outcome.Cancelled}, and gives back threads and memory. */
  @Override
  void close();
}
