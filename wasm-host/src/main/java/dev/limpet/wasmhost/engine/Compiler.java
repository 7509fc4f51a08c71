package dev.limpet.wasmhost.engine;

/** Port: makes the code of modules that the gate has admitted. Safe for use by many threads. */
public interface Compiler extends AutoCloseable {

  /**
   * Compiles in this process, one module at a time, where nothing bounds it and nothing can end it:
   * for a process that lives for one module, and for tests.
   */
  static Compiler inThisProcess() {
    return ModuleCompiler::compileAlone;
  }

  /** What the code depends on besides the module: the engine, and what we make of its classes. */
  static String version() {
    return ModuleCompiler.VERSION;
  }

  /**
   * Compiles.
   *
   * @param wasm admitted by the gate
   * @throws ModuleRefused when the engine cannot take it, or it takes more than it may
   * @throws CompilerFailedException when it is not the module's fault
   */
  Artifact compile(byte[] wasm);

  /** Ends what runs, and gives back what it holds. */
  @Override
  default void close() {}
}
