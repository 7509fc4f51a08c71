package dev.limpet.wasmhost.engine;

import run.endive.runtime.Memory;

/**
 * What compiled guest code calls: the metering pass puts these calls in. All are small enough to be
 * inlined.
 *
 * <p>The depth limit exists for two reasons: the depth at which a stack overflows differs between
 * the tiers of the JVM, and an overflow inside a host class that is being initialised breaks that
 * class for the whole process. So the limit must be met before the stack ends: each function weighs
 * one unit, and one more for each {@link MeteringPass#SLOTS_PER_UNIT} slots of its frame.
 */
public final class Fuel {

  private Fuel() {}

  /** One loop pass, or one call. */
  public static void tick(Memory memory) {
    GuestMemory guest = (GuestMemory) memory;
    if (--guest.slice < 0) {
      guest.refill();
    }
  }

  /** What a loop pass calls that found no more fuel at hand. */
  public static void refill(Memory memory) {
    ((GuestMemory) memory).refill();
  }

  /**
   * What a loop pass calls that found no more fuel in its function's variable.
   *
   * @param left what the variable holds, -1
   * @return what it holds now
   * @throws GuestStopped when there is no more, or the Execution is stopped
   */
  public static int refill(Memory memory, int left) {
    GuestMemory guest = (GuestMemory) memory;
    guest.slice = left;
    guest.refill();
    return (int) guest.slice;
  }

  /** Entry of a function with a frame of that weight. */
  public static void enter(Memory memory, int units) {
    ((GuestMemory) memory).enter(units);
  }

  /** Regular exit of a function; after any other exit the instance is thrown away. */
  public static void leave(Memory memory, int units) {
    ((GuestMemory) memory).depth -= units;
  }
}
