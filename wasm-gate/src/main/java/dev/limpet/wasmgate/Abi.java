package dev.limpet.wasmgate;

/** How a module expects to be called, read from its exports. */
public enum Abi {
  /** Exports {@code _start}: a WASI preview 1 command with arguments and standard streams. */
  COMMAND,

  /**
   * Exports {@code memory}, {@code alloc(len) -> ptr} and {@code handle(ptr, len) -> (ptr << 32 |
   * len)}, and imports nothing.
   */
  RAW,

  /** Neither: nothing that a node could call. The gate refuses such a module. */
  NONE
}
