package dev.limpet.wasmhost.split;

import org.objectweb.asm.Label;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.InstructionAdapter;
import org.objectweb.asm.tree.MethodNode;

/** Methods to split. */
final class Samples {

  private static final int N = 0;
  private static final int SEED = 1;
  private static final int ACC = 4;
  private static final int BIG = 5;
  private static final int SINGLE = 7;
  private static final int DOUBLE = 8;

  private Samples() {}

  /**
   * {@code int f(int n, long seed, Object holder)}: a loop around a switch whose cases change
   * variables of all kinds, and of which one may return.
   */
  static MethodNode interpreter() {
    return Methods.make("(IJLjava/lang/Object;)I", Samples::interpreter);
  }

  private static void interpreter(InstructionAdapter code) {
    Label loop = new Label();
    Label first = new Label();
    Label second = new Label();
    Label third = new Label();
    Label next = new Label();
    Label end = new Label();
    begin(code);
    code.mark(loop);
    code.load(N, Type.INT_TYPE);
    code.ifle(end);
    code.load(N, Type.INT_TYPE);
    code.iconst(3);
    code.rem(Type.INT_TYPE);
    code.tableswitch(0, 2, third, first, second, third);
    code.mark(first);
    adds(code);
    code.goTo(next);
    code.mark(second);
    multiplies(code);
    code.goTo(next);
    code.mark(third);
    mixes(code);
    code.mark(next);
    code.iinc(N, -1);
    code.goTo(loop);
    code.mark(end);
    code.load(ACC, Type.INT_TYPE);
    code.load(BIG, Type.LONG_TYPE);
    code.cast(Type.LONG_TYPE, Type.INT_TYPE);
    code.xor(Type.INT_TYPE);
    code.load(SINGLE, Type.FLOAT_TYPE);
    code.cast(Type.FLOAT_TYPE, Type.INT_TYPE);
    code.add(Type.INT_TYPE);
    code.load(DOUBLE, Type.DOUBLE_TYPE);
    code.cast(Type.DOUBLE_TYPE, Type.INT_TYPE);
    code.add(Type.INT_TYPE);
    code.areturn(Type.INT_TYPE);
  }

  private static void begin(InstructionAdapter code) {
    code.iconst(7);
    code.store(ACC, Type.INT_TYPE);
    code.load(SEED, Type.LONG_TYPE);
    code.store(BIG, Type.LONG_TYPE);
    code.fconst(1);
    code.store(SINGLE, Type.FLOAT_TYPE);
    code.dconst(2);
    code.store(DOUBLE, Type.DOUBLE_TYPE);
  }

  private static void adds(InstructionAdapter code) {
    for (int i = 0; i < 8; i++) {
      code.load(ACC, Type.INT_TYPE);
      code.iconst(31 + i);
      code.mul(Type.INT_TYPE);
      code.load(N, Type.INT_TYPE);
      code.add(Type.INT_TYPE);
      code.store(ACC, Type.INT_TYPE);
    }
  }

  /** And returns when the sum is of a certain kind. */
  private static void multiplies(InstructionAdapter code) {
    for (int i = 0; i < 8; i++) {
      Label other = new Label();
      code.load(BIG, Type.LONG_TYPE);
      code.lconst(31 + i);
      code.mul(Type.LONG_TYPE);
      code.store(BIG, Type.LONG_TYPE);
      code.load(ACC, Type.INT_TYPE);
      code.iconst(4096);
      code.rem(Type.INT_TYPE);
      code.iconst(i * 11);
      code.ificmpne(other);
      code.load(ACC, Type.INT_TYPE);
      code.areturn(Type.INT_TYPE);
      code.mark(other);
      code.load(DOUBLE, Type.DOUBLE_TYPE);
      code.load(ACC, Type.INT_TYPE);
      code.cast(Type.INT_TYPE, Type.DOUBLE_TYPE);
      code.add(Type.DOUBLE_TYPE);
      code.store(DOUBLE, Type.DOUBLE_TYPE);
    }
  }

  /** With a loop inside, and a value on the stack while it branches. */
  private static void mixes(InstructionAdapter code) {
    for (int i = 0; i < 5; i++) {
      Label again = new Label();
      Label odd = new Label();
      Label joined = new Label();
      code.mark(again);
      code.load(ACC, Type.INT_TYPE);
      code.load(ACC, Type.INT_TYPE);
      code.iconst(1);
      code.and(Type.INT_TYPE);
      code.ifne(odd);
      code.iconst(1);
      code.goTo(joined);
      code.mark(odd);
      code.iconst(9);
      code.mark(joined);
      code.add(Type.INT_TYPE);
      code.store(ACC, Type.INT_TYPE);
      code.load(SINGLE, Type.FLOAT_TYPE);
      code.load(ACC, Type.INT_TYPE);
      code.cast(Type.INT_TYPE, Type.FLOAT_TYPE);
      code.sub(Type.FLOAT_TYPE);
      code.store(SINGLE, Type.FLOAT_TYPE);
      code.load(ACC, Type.INT_TYPE);
      code.iconst(7);
      code.and(Type.INT_TYPE);
      code.ifne(again);
    }
  }

  /** {@code TYPE f(int n, Object holder)}, which returns n or n + 1 as that type. */
  static MethodNode returns(Type type) {
    return Methods.make(
        Type.getMethodDescriptor(type, Type.INT_TYPE, Type.getType(Object.class)),
        code -> {
          Label odd = new Label();
          code.load(N, Type.INT_TYPE);
          code.iconst(1);
          code.and(Type.INT_TYPE);
          code.ifne(odd);
          returned(code, type, 0);
          code.mark(odd);
          returned(code, type, 1);
        });
  }

  private static void returned(InstructionAdapter code, Type type, int more) {
    for (int i = 0; i < 12; i++) {
      code.iinc(N, more);
      code.load(N, Type.INT_TYPE);
      code.iconst(more * 11);
      code.sub(Type.INT_TYPE);
      code.pop();
    }
    if (type.getSort() != Type.VOID) {
      code.load(N, Type.INT_TYPE);
      code.cast(Type.INT_TYPE, type);
    }
    code.areturn(type);
  }
}
