package dev.limpet.wasmhost.engine;

import org.jspecify.annotations.Nullable;
import run.endive.runtime.ImportValues;
import run.endive.wasm.types.MemoryLimits;

/**
 * What an instance's memory begins as, and what goes with it.
 *
 * @param declared what the module says
 * @param data what is in it
 * @param image what is in it instead, when it begins as others were after initialising
 * @param arrayBytes length of the first array, at least what it starts with
 * @param imports what the instance imports, see {@link Imports}; null when the engine knows it
 * @param split whether functions of the module are split, see {@link PartExits}
 * @param globals how many of the instance's globals are kept beside, see {@link FirstGlobals}
 */
record MemoryPlan(
    MemoryLimits declared,
    DataImage data,
    @Nullable MemoryImage image,
    int arrayBytes,
    @Nullable ImportValues imports,
    boolean split,
    int globals) {}
