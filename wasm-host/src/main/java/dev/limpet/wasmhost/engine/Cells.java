package dev.limpet.wasmhost.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import run.endive.runtime.Memory;

/**
 * What {@link GuestMemory} and the code of {@link CellCode} read and write memory with: views of
 * its array as larger cells, each by the letter of its type.
 *
 * <p>Where memory ends is checked before by both; the array's own check stays behind it.
 */
public final class Cells {

  /** 16 bits. */
  public static final VarHandle S = view(short[].class);

  /** 32 bits. */
  public static final VarHandle I = view(int[].class);

  /** 64 bits. */
  public static final VarHandle J = view(long[].class);

  /** 32 bits. */
  public static final VarHandle F = view(float[].class);

  /** 64 bits. */
  public static final VarHandle D = view(double[].class);

  private Cells() {}

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }

  /** The array of a memory, until it grows. */
  public static byte[] array(Memory memory) {
    return ((GuestMemory) memory).array();
  }

  /**
   * How many bytes of the array are the guest's, until its memory grows: never negative, which the
   * JIT does not know of a field.
   */
  public static int limit(Memory memory) {
    return Math.max(((GuestMemory) memory).size(), 0);
  }
}
