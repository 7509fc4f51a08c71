package dev.limpet.node;

import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.engine.CompileCounts;
import org.jspecify.annotations.Nullable;

/** A node's own sandbox, but for what a test wants to be otherwise. */
class OtherSandbox implements Sandbox {
  private final Sandbox own;

  OtherSandbox(Sandbox own) {
    this.own = own;
  }

  @Override
  public CompiledModule compile(byte[] wasm) {
    return own.compile(wasm);
  }

  @Override
  public @Nullable CompiledModule cached(String sha256) {
    return own.cached(sha256);
  }

  @Override
  public ExecutionResult run(CompiledModule module, ExecutionSpec spec) {
    return own.run(module, spec);
  }

  @Override
  public CompileCounts counts() {
    return own.counts();
  }

  @Override
  public void close() {
    own.close();
  }
}
