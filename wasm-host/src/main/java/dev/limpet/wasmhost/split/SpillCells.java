package dev.limpet.wasmhost.split;

/**
 * What generated code calls for a variable that it keeps in an array, see {@link SpilledVariables}.
 * Small enough for the JIT to put in place.
 */
public final class SpillCells {

  private SpillCells() {}

  /** The int in a cell. */
  public static int getI(long[] cells, int cell) {
    return (int) cells[cell];
  }

  /** The long in a cell. */
  public static long getJ(long[] cells, int cell) {
    return cells[cell];
  }

  /** The float in a cell, bit by bit. */
  public static float getF(long[] cells, int cell) {
    return Float.intBitsToFloat((int) cells[cell]);
  }

  /** The double in a cell, bit by bit. */
  public static double getD(long[] cells, int cell) {
    return Double.longBitsToDouble(cells[cell]);
  }

  /** Keeps an int. */
  public static void set(int value, long[] cells, int cell) {
    cells[cell] = value;
  }

  /** Keeps a long. */
  public static void set(long value, long[] cells, int cell) {
    cells[cell] = value;
  }

  /** Keeps a float. */
  public static void set(float value, long[] cells, int cell) {
    cells[cell] = Float.floatToRawIntBits(value);
  }

  /** Keeps a double. */
  public static void set(double value, long[] cells, int cell) {
    cells[cell] = Double.doubleToRawLongBits(value);
  }
}
