package dev.limpet.wasmhost.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.Element;
import run.endive.wasm.types.Global;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.ValType;

/**
 * All that an instance can change of itself, as it was when it had just been initialised. Never
 * changed, shared by all instances that are restored to it.
 *
 * <p>Completeness. An instance that has called no function of the host consists of its memory, its
 * globals, its table, and of which data and element segments it dropped; the gate refuses all else
 * that has state (exceptions, objects, tail calls in flight, a second memory). So an image is taken
 * of no other, and {@link #isPossible} says no to kinds of globals and tables whose values are more
 * than a number here. What an instance is when it ends other than by returning, nobody knows: such
 * a one is never restored.
 */
final class InstanceImage {

  private static final Set<ValType> NUMBERS =
      Set.of(ValType.I32, ValType.I64, ValType.F32, ValType.F64);

  /** Objects around the numbers, and the place in the pool. */
  private static final int BOOKKEEPING_BYTES = 1024;

  private final MemoryImage memory;
  private final long[] globals;
  private final int[] mutable;
  private final List<int[]> tables;
  private final @Nullable Element[] elements;
  private final long fuel;

  private InstanceImage(Instance instance, GuestMemory memory, int[] mutable) {
    this.memory = memory.image();
    this.mutable = mutable;
    this.globals = new long[mutable.length];
    for (int i = 0; i < mutable.length; i++) {
      globals[i] = memory.global(instance, mutable[i]);
    }
    List<int[]> found = new ArrayList<>();
    for (int i = 0; i < instance.tableCount(); i++) {
      found.add(((GuestTable) instance.table(i)).image());
    }
    this.tables = List.copyOf(found);
    this.elements = new Element[instance.elementCount()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = instance.element(i);
    }
    this.fuel = memory.usedFuel();
  }

  /** Whether there are images of instances of a module at all. */
  static boolean isPossible(WasmModule module) {
    for (int i = 0; i < module.tableSection().tableCount(); i++) {
      if (!module.tableSection().getTable(i).elementType().equals(ValType.FuncRef)) {
        return false;
      }
    }
    for (Global global : module.globalSection().globals()) {
      if (isMutable(global) && !NUMBERS.contains(global.valueType())) {
        return false;
      }
    }
    return true;
  }

  /** The globals of a module that can change. */
  static int[] mutableGlobals(WasmModule module) {
    Global[] all = module.globalSection().globals();
    int[] found = new int[all.length];
    int count = 0;
    for (int i = 0; i < all.length; i++) {
      if (isMutable(all[i])) {
        found[count++] = i;
      }
    }
    return Arrays.copyOf(found, count);
  }

  static boolean isMutable(Global global) {
    return global.mutabilityType() == MutabilityType.Var;
  }

  /** What the instance is now; nothing of it may be running. */
  static InstanceImage of(Instance instance, GuestMemory memory, int[] mutable) {
    return new InstanceImage(instance, memory, mutable);
  }

  /** What its memory was. */
  MemoryImage memory() {
    return memory;
  }

  /** Ticks that initialising took. */
  long fuel() {
    return fuel;
  }

  /** Heap that this holds, about. */
  long bytes() {
    long bytes =
        BOOKKEEPING_BYTES + memory.used().length + 16L * globals.length + 8L * elements.length;
    for (int[] table : tables) {
      bytes += 4L * table.length;
    }
    return bytes;
  }

  /**
   * Makes an instance what this one was. Both are of the same module.
   *
   * @return false when it cannot be; it is of no use then
   */
  boolean restore(Instance instance, GuestMemory guest) {
    if (guest.depth() != 0 || !restoreAllButMemory(instance, guest)) {
      return false;
    }
    guest.restore(memory);
    return true;
  }

  /** The same, for an instance whose memory began as the image of this one's. */
  boolean restoreAllButMemory(Instance instance, GuestMemory guest) {
    for (int i = 0; i < tables.size(); i++) {
      if (!((GuestTable) instance.table(i)).restore(tables.get(i), instance)) {
        return false;
      }
    }
    for (int i = 0; i < mutable.length; i++) {
      guest.setGlobal(instance, mutable[i], globals[i]);
    }
    for (int i = 0; i < elements.length; i++) {
      instance.setElement(i, elements[i]);
    }
    return true;
  }
}
