package dev.limpet.wasmhost.split;

import java.util.Locale;

/**
 * From which size on a method is split, and into what.
 *
 * @param over bytes of code that a method may have and stay whole
 * @param part bytes of code that a part should have at most
 * @param givers parts that must give a variable back before it stays in a field, see {@link
 *     LastingFields}
 * @param lasting variables that must be so for any to stay there
 */
public record SplitLimits(int over, int part, int givers, int lasting) {

  /** As many as a loop has that is an interpreter's: in others a variable may have a register. */
  private static final int MANY_GIVERS = 32;

  /**
   * An interpreter has two at least, for its program and its stack. One alone is where a function
   * of Go is resumed, for which a field gains nothing.
   */
  private static final int SOME_LASTING = 2;

  /**
   * Blocks of one method: as many as there are in a body of the largest size that the gate lets.
   */
  static final int MAX_BLOCKS = 65_536;

  /** Parts of one method: each takes five of the 65 535 constants of its class. */
  static final int MAX_PARTS = 2_000;

  /**
   * Blocks and variables looked at for one method, beyond which it stays as it is: some seconds.
   */
  static final long MAX_STEPS = 100_000_000;

  /**
   * Variables that a part takes or gives back: a method has at most 255 slots of parameters, and a
   * part that needs more would be nothing but moves.
   */
  static final int MAX_MOVED = 100;

  /** The JIT takes methods of up to 8000 bytes, and some are added afterwards. */
  public static final SplitLimits USUAL = new SplitLimits(7_800, 3_000);

  /** Nothing is split. */
  public static final SplitLimits NONE = new SplitLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /** Checks all. */
  public SplitLimits {
    if (part < 1 || over < part || givers < 1 || lasting < 1) {
      throw new IllegalArgumentException(
          "parts of " + part + " of methods over " + over + ", " + lasting + " given by " + givers);
    }
  }

  /** With variables in fields where only the loop of an interpreter has them. */
  public SplitLimits(int over, int part) {
    this(over, part, MANY_GIVERS, SOME_LASTING);
  }

  /** All that decides what becomes of a method, as a part of the key of cached code. */
  public String key() {
    return String.format(
        Locale.ROOT,
        "split-%d-%d-%d-%d-%d-%d-%d-%d",
        over,
        part,
        givers,
        lasting,
        MAX_BLOCKS,
        MAX_PARTS,
        MAX_STEPS,
        MAX_MOVED);
  }
}
