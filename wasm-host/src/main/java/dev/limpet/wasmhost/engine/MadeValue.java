package dev.limpet.wasmhost.engine;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.analysis.BasicValue;

/** What one instruction made: the same as no other value, whatever the types. */
class MadeValue extends BasicValue {

  MadeValue(Type type) {
    super(type);
  }

  /** What a stack map says of an operand, as far as its width goes. */
  static BasicValue ofWidth(Object verified) {
    boolean wide = verified.equals(Opcodes.LONG) || verified.equals(Opcodes.DOUBLE);
    return wide ? BasicValue.LONG_VALUE : BasicValue.INT_VALUE;
  }

  @Override
  public final boolean equals(Object other) {
    return this == other;
  }

  @Override
  public final int hashCode() {
    return System.identityHashCode(this);
  }
}
