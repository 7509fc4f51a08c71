package dev.limpet.wasmhost.engine;

import run.endive.runtime.Instance;
import run.endive.wasm.WasmEngineException;

/** One running guest. Used by one thread, once. */
public final class GuestInstance {

  private final Instance instance;

  GuestInstance(Instance instance) {
    this.instance = instance;
  }

  /**
   * Calls an export without parameters and results.
   *
   * @throws GuestTrap when the guest breaks a rule of wasm
   * @throws GuestStopped when it is ended
   */
  public void call(String export) {
    try {
      long[] _ = instance.export(export).apply();
    } catch (WasmEngineException e) {
      throw trap(e);
    } catch (StackOverflowError e) {
      throw new GuestStopped(new StopReason.TooDeep());
    }
  }

  static RuntimeException trap(WasmEngineException e) {
    if (e.getCause() instanceof StackOverflowError) {
      return new GuestStopped(new StopReason.TooDeep());
    }
    return new GuestTrap(String.valueOf(e.getMessage()));
  }
}
