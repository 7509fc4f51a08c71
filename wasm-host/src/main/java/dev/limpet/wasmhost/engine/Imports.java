package dev.limpet.wasmhost.engine;

import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;

/**
 * What compiled guest code calls to find the functions that it imports. They are bound once for all
 * instances of a module, and come with the memory: the engine, which would bind them for each
 * instance, is given a form of the module that imports nothing, see {@link
 * WasmSections#importsDefined}.
 */
public final class Imports {

  private Imports() {}

  /** Those of an instance, in the order of its module. */
  public static ImportValues of(Instance instance) {
    ImportValues bound = ((GuestMemory) instance.memory()).imports();
    return bound == null ? instance.imports() : bound;
  }
}
