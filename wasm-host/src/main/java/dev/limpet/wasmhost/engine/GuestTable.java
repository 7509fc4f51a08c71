package dev.limpet.wasmhost.engine;

import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;
import run.endive.wasm.types.Value;

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

  /** Whether it may be other than its image: a new one has none yet. */
  private boolean changed = true;

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
    changed = true;
    return super.grow(count, value, instance);
  }

  /** Of references to objects, which the gate refuses. */
  @Override
  public int growWithRef(int count, @Nullable Object value, Instance instance) {
    return -1;
  }

  @Override
  public void setRef(int index, int value, @Nullable Instance instance) {
    changed = true;
    super.setRef(index, value, instance);
  }

  @Override
  public void setObjRef(int index, @Nullable Object value, @Nullable Instance instance) {
    changed = true;
    super.setObjRef(index, value, instance);
  }

  @Override
  public void reset() {
    changed = true;
    super.reset();
  }

  /** The functions in it, by number; from now on it knows whether anything changes. */
  int[] image() {
    int[] functions = new int[size()];
    for (int i = 0; i < functions.length; i++) {
      functions[i] = ref(i);
    }
    changed = false;
    return functions;
  }

  /**
   * Makes it what it was. All functions are the instance's own, imported ones too.
   *
   * @return false when it cannot, because it grew
   */
  boolean restore(int[] functions, Instance instance) {
    if (size() != functions.length) {
      return false;
    }
    if (changed) {
      for (int i = 0; i < functions.length; i++) {
        super.setRef(i, functions[i], functions[i] == Value.REF_NULL_VALUE ? null : instance);
      }
      changed = false;
    }
    return true;
  }
}
