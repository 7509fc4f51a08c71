package dev.limpet.wasmhost.engine;

import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;

/**
 * A table of one instance. The engine's own writes its growth into the limits of the module, which
 * all instances share, overflows on large counts, and has no bound; so this one works on a private
 * copy of the limits and checks first.
 */
final class GuestTable extends TableInstance {

  /** Entries: as many as the gate lets a table start with; each takes 8 bytes. */
  static final int MAX_ENTRIES = 65_536;

  /** Ticks for an entry that a table grows by. */
  private static final long FUEL_PER_ENTRY = 4;

  private GuestTable(Table table, int initial) {
    super(table, initial);
  }

  static TableInstance create(Table declared, int initial) {
    TableLimits limits = declared.limits();
    long max = Math.max(limits.min(), Math.min(limits.max(), MAX_ENTRIES));
    Table own = new Table(declared.elementType(), new TableLimits(limits.min(), max));
    return new GuestTable(own, initial);
  }

  @Override
  public int grow(int count, int value, Instance instance) {
    if (count < 0 || count > limits().max() - size()) {
      return -1;
    }
    ((GuestMemory) instance.memory()).charge(count * FUEL_PER_ENTRY);
    return super.grow(count, value, instance);
  }
}
