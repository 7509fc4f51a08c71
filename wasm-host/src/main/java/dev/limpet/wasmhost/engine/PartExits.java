package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.split.ExitFields;
import dev.limpet.wasmhost.split.SplitLimits;
import dev.limpet.wasmhost.split.Splitter;
import org.objectweb.asm.Type;
import run.endive.runtime.Memory;

/**
 * Where parts of a split function leave what they have changed, see {@link ExitFields}: for each
 * guest with such functions an object, which its memory object leads to. Generated code alone reads
 * and writes the fields; no value stays there for longer than between two of its instructions, so
 * nothing of them is part of what a guest is.
 */
@SuppressWarnings("MultiVariableDeclaration")
public final class PartExits {

  static final ExitFields FIELDS =
      new ExitFields(
          Type.getDescriptor(Memory.class),
          Type.getInternalName(GuestMemory.class),
          "exits",
          Type.getInternalName(PartExits.class),
          32,
          16,
          8,
          8);

  // generated code names them so
  public int i0;
  public int i1;
  public int i2;
  public int i3;
  public int i4;
  public int i5;
  public int i6;
  public int i7;
  public int i8;
  public int i9;
  public int i10;
  public int i11;
  public int i12;
  public int i13;
  public int i14;
  public int i15;
  public int i16;
  public int i17;
  public int i18;
  public int i19;
  public int i20;
  public int i21;
  public int i22;
  public int i23;
  public int i24;
  public int i25;
  public int i26;
  public int i27;
  public int i28;
  public int i29;
  public int i30;
  public int i31;
  public long j0;
  public long j1;
  public long j2;
  public long j3;
  public long j4;
  public long j5;
  public long j6;
  public long j7;
  public long j8;
  public long j9;
  public long j10;
  public long j11;
  public long j12;
  public long j13;
  public long j14;
  public long j15;
  public float f0;
  public float f1;
  public float f2;
  public float f3;
  public float f4;
  public float f5;
  public float f6;
  public float f7;
  public double d0;
  public double d1;
  public double d2;
  public double d3;
  public double d4;
  public double d5;
  public double d6;
  public double d7;

  /** Splits functions into parts that use these, and the {@link LastingInts}. */
  static Splitter splitter(SplitLimits limits) {
    return new Splitter(FIELDS, LastingInts.FIELDS, limits);
  }
}
