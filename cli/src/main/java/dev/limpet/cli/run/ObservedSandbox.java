package dev.limpet.cli.run;

import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.engine.CompileCounts;
import org.jspecify.annotations.Nullable;

/** The node's own sandbox, from which the command learns what the last Execution used. */
final class ObservedSandbox implements Sandbox {
  private final Sandbox sandbox;
  private volatile @Nullable ExecutionResult last;

  ObservedSandbox(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** How the last Execution ended, or null when none has. */
  @Nullable ExecutionResult last() {
    return last;
  }

  @Override
  public CompiledModule compile(byte[] wasm) {
    return sandbox.compile(wasm);
  }

  @Override
  public @Nullable CompiledModule cached(String sha256) {
    return sandbox.cached(sha256);
  }

  @Override
  public ExecutionResult run(CompiledModule module, ExecutionSpec spec) {
    ExecutionResult result = sandbox.run(module, spec);
    last = result;
    return result;
  }

  @Override
  public CompileCounts counts() {
    return sandbox.counts();
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
