package dev.limpet.wasmhost.split;

import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.InstructionAdapter;
import org.objectweb.asm.tree.MethodNode;

/** Methods to split. */
final class Samples {

  private static final int N = 0;
  private static final int SEED = 1;
  private static final int HOLDER = 3;
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

  /**
   * {@code int f(int n, long seed, Object holder)}: the same loop, one of whose cases calls a
   * method of that type while a value is on the stack; traps when {@code n} is 1000.
   */
  static MethodNode calls(String name) {
    return Methods.make(
        "(IJLjava/lang/Object;)I",
        code -> {
          Label loop = new Label();
          Label call = new Label();
          Label other = new Label();
          Label next = new Label();
          Label end = new Label();
          begin(code);
          code.mark(loop);
          code.load(N, Type.INT_TYPE);
          code.ifle(end);
          adds(code);
          code.iconst(1);
          code.load(N, Type.INT_TYPE);
          code.iconst(1000);
          code.sub(Type.INT_TYPE);
          code.div(Type.INT_TYPE);
          code.pop();
          code.load(N, Type.INT_TYPE);
          code.iconst(3);
          code.rem(Type.INT_TYPE);
          code.tableswitch(0, 1, other, call, other);
          code.mark(call);
          multiplies(code);
          calls(code, name);
          code.goTo(next);
          code.mark(other);
          mixes(code);
          code.mark(next);
          code.iinc(N, -1);
          code.goTo(loop);
          code.mark(end);
          code.load(ACC, Type.INT_TYPE);
          code.areturn(Type.INT_TYPE);
        });
  }

  private static void calls(InstructionAdapter code, String name) {
    code.load(ACC, Type.INT_TYPE);
    code.load(N, Type.INT_TYPE);
    code.iconst(2);
    code.div(Type.INT_TYPE);
    code.iconst(1);
    code.sub(Type.INT_TYPE);
    code.load(BIG, Type.LONG_TYPE);
    code.load(HOLDER, Type.getType(Object.class));
    code.invokestatic(Methods.OWNER, name, "(IJLjava/lang/Object;)I", false);
    code.add(Type.INT_TYPE);
    code.store(ACC, Type.INT_TYPE);
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

  /**
   * {@code int f(int n, long seed, Object holder)}: a switch in a loop, each of whose cases may
   * lead to any other, so that none stands above another in the tree of dominators.
   */
  static MethodNode resumed(int cases) {
    return Methods.make(
        "(IJLjava/lang/Object;)I",
        code -> {
          Label loop = new Label();
          Label end = new Label();
          Label[] labels = new Label[cases];
          Arrays.setAll(labels, _ -> new Label());
          begin(code);
          code.mark(loop);
          code.iinc(N, -1);
          code.load(N, Type.INT_TYPE);
          code.ifle(end);
          code.load(ACC, Type.INT_TYPE);
          code.iconst(0x7fffffff);
          code.and(Type.INT_TYPE);
          code.iconst(cases);
          code.rem(Type.INT_TYPE);
          code.tableswitch(0, cases - 1, end, labels);
          for (int i = 0; i < cases; i++) {
            code.mark(labels[i]);
            resumes(code, i, labels[i * 7 % cases], loop);
          }
          code.mark(end);
          code.load(ACC, Type.INT_TYPE);
          code.load(BIG, Type.LONG_TYPE);
          code.cast(Type.LONG_TYPE, Type.INT_TYPE);
          code.xor(Type.INT_TYPE);
          code.areturn(Type.INT_TYPE);
        });
  }

  /** One case: on to another, back to the switch, or into the one behind it. */
  private static void resumes(InstructionAdapter code, int number, Label other, Label loop) {
    code.iinc(ACC, number * 31 + 7);
    code.load(BIG, Type.LONG_TYPE);
    code.lconst(31 + number);
    code.mul(Type.LONG_TYPE);
    code.store(BIG, Type.LONG_TYPE);
    code.iinc(N, -1);
    code.load(N, Type.INT_TYPE);
    code.ifle(loop);
    code.load(ACC, Type.INT_TYPE);
    code.iconst(5);
    code.rem(Type.INT_TYPE);
    code.iconst(2);
    code.ificmpeq(loop);
    code.load(ACC, Type.INT_TYPE);
    code.iconst(3);
    code.rem(Type.INT_TYPE);
    code.ifeq(other);
  }

  /**
   * {@code int f(int n, long seed, Object holder)}: a loop in which so many variables of all kinds
   * change and are all needed in the next turn.
   */
  static MethodNode structures(int count) {
    List<Type> types = List.of(Type.INT_TYPE, Type.LONG_TYPE, Type.FLOAT_TYPE, Type.DOUBLE_TYPE);
    return Methods.make(
        "(IJLjava/lang/Object;)I",
        code -> {
          Label loop = new Label();
          Label end = new Label();
          for (int i = 0; i < count; i++) {
            code.iconst(i);
            code.cast(Type.INT_TYPE, types.get(i % 4));
            code.store(4 + 2 * i, types.get(i % 4));
          }
          code.mark(loop);
          code.iinc(N, -1);
          code.load(N, Type.INT_TYPE);
          code.iflt(end);
          for (int i = 0; i < count; i++) {
            turns(code, i, count, types);
          }
          code.goTo(loop);
          code.mark(end);
          code.iconst(0);
          for (int i = 0; i < count; i++) {
            code.load(4 + 2 * i, types.get(i % 4));
            code.cast(types.get(i % 4), Type.INT_TYPE);
            code.xor(Type.INT_TYPE);
          }
          code.areturn(Type.INT_TYPE);
        });
  }

  /** A variable becomes the sum of itself and another of its kind; some ints count. */
  private static void turns(InstructionAdapter code, int i, int count, List<Type> types) {
    Type type = types.get(i % 4);
    if (i % 8 == 0) {
      code.iinc(4 + 2 * i, 3);
    }
    code.load(4 + 2 * i, type);
    code.load(4 + 2 * ((i + 4) % count), type);
    code.add(type);
    code.store(4 + 2 * i, type);
    Label skipped = new Label();
    code.load(N, Type.INT_TYPE);
    code.iconst(i);
    code.ificmpne(skipped);
    code.iinc(N, -1);
    code.mark(skipped);
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
