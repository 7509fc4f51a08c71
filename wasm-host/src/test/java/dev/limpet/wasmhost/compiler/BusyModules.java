package dev.limpet.wasmhost.compiler;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;

/** Modules that the gate admits and that ask much of the engine's compiler. */
public final class BusyModules {

  private BusyModules() {}

  /**
   * 400 KB: at each of 8000 labels a function the bytecode library remembers 1000 locals, and it
   * forgets none of it before the class is whole. It takes more than a gigabyte.
   */
  public static byte[] hungry() {
    WasmCode body = new WasmCode();
    for (int i = 0; i < 4000; i++) {
      body.block().get(0).brIf(0).end();
    }
    WasmBuilder module = new WasmBuilder();
    int first = module.function(">", "i".repeat(1000), body);
    for (int i = 1; i < 13; i++) {
      int _ = module.function(">", "i".repeat(1000), body);
    }
    return module.memory(1).export("_start", first).build();
  }
}
