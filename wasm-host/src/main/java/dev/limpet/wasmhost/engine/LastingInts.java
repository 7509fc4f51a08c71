package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.split.LastingFields;
import org.objectweb.asm.Type;

/**
 * Variables of the split function that runs in one instance, see {@link LastingFields}: in the
 * memory object itself, since the loop of an interpreter reads and writes them at each instruction
 * of its program; behind the globals, whose place in the object Go programs feel. Generated code
 * alone does so, and reads nothing that the same call of a function has not written; so nothing of
 * them is part of what a guest is, and of its images.
 */
@SuppressWarnings("MultiVariableDeclaration")
abstract sealed class LastingInts extends Meter permits GuestMemory {

  static final LastingFields FIELDS =
      new LastingFields(Type.getInternalName(GuestMemory.class), "lasting", 6);

  // generated code names them so
  public int lasting0;
  public int lasting1;
  public int lasting2;
  public int lasting3;
  public int lasting4;
  public int lasting5;

  /** Nothing is in them yet; for the rest see {@link Meter}. */
  LastingInts(int globals, GuestLimits limits, StopSignal signal) {
    super(globals, limits, signal);
  }
}
