package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.LoadedModule;
import dev.limpet.wasmhost.engine.StopSignal;

/**
 * What is known of a run before it has a thread.
 *
 * @param module to be run
 * @param spec what it gets
 * @param signal ends it
 * @param start when it was asked for, in terms of {@link System#nanoTime()}
 * @param deadline when it must have ended, in the same terms
 */
record Admission(
    LoadedModule module, ExecutionSpec spec, StopSignal signal, long start, long deadline) {}
