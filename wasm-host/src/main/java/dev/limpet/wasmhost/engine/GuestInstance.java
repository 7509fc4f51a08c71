package dev.limpet.wasmhost.engine;

import run.endive.runtime.ExportFunction;
import run.endive.runtime.Instance;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.FunctionType;

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

  /**
   * Calls an export.
   *
   * @param signature what it must have, such as {@code ii>I}, with one result
   * @return the result
   * @throws GuestTrap when there is no such export, or the guest breaks a rule of wasm
   * @throws GuestStopped when it is ended
   */
  public long call(String export, String signature, long... arguments) {
    try {
      ExportFunction function = instance.export(export);
      FunctionType type = instance.exportType(export);
      String actual =
          LoadedModule.letters(type.params()) + ">" + LoadedModule.letters(type.returns());
      if (!actual.equals(signature)) {
        throw new GuestTrap(export + " is not of the type that its kind of function has");
      }
      return function.apply(arguments)[0];
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
