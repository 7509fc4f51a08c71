package dev.limpet.wasmhost.split;

import org.objectweb.asm.Type;

/** An object with fields for what parts hand back, and for what stays in one place. */
public class Holder {

  static final ExitFields FIELDS =
      new ExitFields(
          Type.getDescriptor(Object.class),
          Type.getInternalName(Holder.class),
          "exits",
          Type.getInternalName(Holder.class),
          3,
          2,
          1,
          1);

  static final LastingFields LASTING =
      new LastingFields(Type.getInternalName(Holder.class), "lasting", 2);

  public final Holder exits = this;

  public int lasting0;
  public int lasting1;

  public int i0;
  public int i1;
  public int i2;
  public long j0;
  public long j1;
  public float f0;
  public double d0;
}
