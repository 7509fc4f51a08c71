package dev.limpet.wasmhost.engine;

import run.endive.runtime.Instance;
import run.endive.runtime.OpcodeImpl;

/**
 * What compiled guest code calls to fill, copy or initialise a stretch of its table: the engine's
 * own, paid by the entry. Names and parameters are those of the engine, so that the metering pass
 * changes no more than the owner of a call.
 */
public final class BulkTables {

  private BulkTables() {}

  private static void charge(Instance instance, int entries) {
    if (entries > 0) { // else nothing is done, or it is a trap
      ((GuestMemory) instance.memory()).charge(entries);
    }
  }

  /** {@code table.fill}. */
  public static void TABLE_FILL(Instance instance, int table, int size, int value, int offset) {
    charge(instance, size);
    OpcodeImpl.TABLE_FILL(instance, table, size, value, offset);
  }

  /** {@code table.copy}. */
  public static void TABLE_COPY(
      Instance instance, int source, int target, int size, int from, int to) {
    charge(instance, size);
    OpcodeImpl.TABLE_COPY(instance, source, target, size, from, to);
  }

  /** {@code table.init}. */
  public static void TABLE_INIT(
      Instance instance, int table, int segment, int size, int from, int to) {
    charge(instance, size);
    OpcodeImpl.TABLE_INIT(instance, table, segment, size, from, to);
  }
}
