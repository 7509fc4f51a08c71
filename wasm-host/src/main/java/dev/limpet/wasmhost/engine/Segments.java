package dev.limpet.wasmhost.engine;

import run.endive.runtime.Instance;

/**
 * What compiled guest code calls to drop a data segment: the engine notes it in the instance, but
 * {@code memory.init} reads from the memory, which would go on giving the bytes.
 */
public final class Segments {

  private Segments() {}

  /** After it, the segment is empty. */
  public static void drop(Instance instance, int segment) {
    instance.memory().drop(segment);
  }
}
