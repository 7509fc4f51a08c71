package dev.limpet.wasmhost.engine;

import run.endive.runtime.Memory;
import run.endive.runtime.TrapException;

/** The part of the engine's interface that is about shared memory, which the gate refuses. */
abstract sealed class UnsharedMemory implements Memory permits FirstGlobals {

  @Override
  public final boolean shared() {
    return false;
  }

  @Override
  @SuppressWarnings("removal")
  public final Object lock(int address) {
    throw refused();
  }

  @Override
  @SuppressWarnings("removal")
  public final int waitOn(int address, int expected, long timeout) {
    throw refused();
  }

  @Override
  @SuppressWarnings("removal")
  public final int waitOn(int address, long expected, long timeout) {
    throw refused();
  }

  @Override
  @SuppressWarnings("removal")
  public final int notify(int address, int waiters) {
    throw refused();
  }

  private static TrapException refused() {
    return new TrapException("shared memory");
  }
}
