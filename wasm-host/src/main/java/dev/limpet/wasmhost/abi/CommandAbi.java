package dev.limpet.wasmhost.abi;

import dev.limpet.wasmhost.engine.GuestInstance;
import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.LoadedModule;
import dev.limpet.wasmhost.engine.StopReason;

/** A WASI command: {@code _start} runs once and ends, or the guest calls {@code proc_exit}. */
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
    try {
      GuestInstance instance = module.instantiate(memory);
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
