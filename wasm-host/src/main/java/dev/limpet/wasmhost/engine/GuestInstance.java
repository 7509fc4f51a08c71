package dev.limpet.wasmhost.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.Instance;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.FunctionType;

/** One running guest. Used by one thread at a time. */
public final class GuestInstance {

  private final LoadedModule module;
  private final Instance instance;
  private final GuestMemory memory;

  /** Exports that were called, by name. */
  private final Map<String, Typed> called = new HashMap<>(4);

  private record Typed(ExportFunction function, String signature) {}

  GuestInstance(LoadedModule module, Instance instance, GuestMemory memory) {
    this.module = module;
    this.instance = instance;
    this.memory = memory;
  }

  GuestMemory memory() {
    return memory;
  }

  /** What it costs while it waits for a call: its memory and an estimate of all else. */
  long idleBytes() {
    return memory.array().length + module.instanceBytes();
  }

  /** What it is now, or null when its table has grown, so that it is larger than its kind is. */
  @Nullable InstanceImage image() {
    for (int i = 0; i < instance.tableCount(); i++) {
      if (instance.table(i).size() != module.tableEntries()) {
        return null;
      }
    }
    return InstanceImage.of(instance, memory, module.mutableGlobals());
  }

  /** Makes it what the image says; false when that cannot be, and it is of no use then. */
  boolean restore(InstanceImage image) {
    return image.restore(instance, memory);
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
    } catch (WasmEngineException | IndexOutOfBoundsException | StackOverflowError e) {
      throw ended(e);
    }
  }

  /**
   * Calls an export.
   *
   * @param signature what it must have, such as {@code ii>I}
   * @return its results
   * @throws GuestTrap when there is no such export, or the guest breaks a rule of wasm
   * @throws GuestStopped when it is ended
   */
  public long[] call(String export, String signature, long... arguments) {
    try {
      Typed typed = called.computeIfAbsent(export, this::find);
      if (!typed.signature().equals(signature)) {
        throw new GuestTrap(export + " is not of the type that its kind of function has");
      }
      return typed.function().apply(arguments);
    } catch (WasmEngineException | IndexOutOfBoundsException | StackOverflowError e) {
      throw ended(e);
    }
  }

  /**
   * Calls an export without parameters and results, if there is one of that name.
   *
   * @throws GuestTrap when it has others, or the guest breaks a rule of wasm
   * @throws GuestStopped when it is ended
   */
  public void callIfThere(String export) {
    if (module.hasFunction(export)) {
      long[] _ = call(export, ">");
    }
  }

  private Typed find(String export) {
    ExportFunction function = instance.export(export);
    FunctionType type = instance.exportType(export);
    String signature =
        LoadedModule.letters(type.params()) + ">" + LoadedModule.letters(type.returns());
    return new Typed(function, signature);
  }

  /**
   * How a guest ends whose code threw that. An index is that of a cell in its memory: host
   * functions let none out.
   *
   * @throws StackOverflowError that same one, when host code was running
   */
  static RuntimeException ended(Throwable thrown) {
    return switch (thrown) {
      case StackOverflowError e -> GuestStack.overflowed(e);
      case IndexOutOfBoundsException _ -> ended(GuestMemory.outOfBounds());
      case Throwable e when e.getCause() instanceof StackOverflowError cause -> ended(cause);
      default -> new GuestTrap(String.valueOf(thrown.getMessage()));
    };
  }
}
