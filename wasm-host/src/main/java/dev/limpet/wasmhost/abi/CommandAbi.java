package dev.limpet.wasmhost.abi;

import dev.limpet.wasmhost.engine.GuestInstance;
import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.InstancePool;
import dev.limpet.wasmhost.engine.LoadedModule;
import dev.limpet.wasmhost.engine.StopReason;
import java.util.function.Supplier;

/**
 * A WASI command: {@code _start} runs once and ends, or the guest calls {@code proc_exit}. An
 * exported {@code limpet_init()} runs before it.
 */
public final class CommandAbi {

  private static final String START = "_start";

  private CommandAbi() {}

  /**
   * Makes an instance and runs it.
   *
   * @param ready called between the two
   * @return its exit code; 0 when it returned
   * @throws GuestStopped when it was ended by something else than its exit
   */
  public static int run(LoadedModule module, GuestMemory memory, Runnable ready) {
    return run(() -> module.instantiate(memory), ready);
  }

  /** The same for one that is initialised before it starts, now or long ago. */
  public static int run(InstancePool.Use use, Runnable ready) {
    return run(() -> use.instance(it -> it.callIfThere(LoadedModule.INIT)), ready);
  }

  private static int run(Supplier<GuestInstance> maker, Runnable ready) {
    try {
      GuestInstance instance = maker.get();
      ready.run();
      instance.call(START);
      return 0;
    } catch (GuestStopped e) {
      if (e.reason() instanceof StopReason.Exit exit) {
        return exit.code();
      }
      throw e;
    }
  }
}
