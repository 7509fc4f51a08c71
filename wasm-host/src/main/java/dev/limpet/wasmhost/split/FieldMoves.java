package dev.limpet.wasmhost.split;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/** The code that moves values between methods: into calls, and through the fields back. */
final class FieldMoves {

  /** Operands that leaving or taking values needs at most, besides what is there. */
  static final int OPERANDS = 5;

  private final Plan plan;
  private final Slots slots;

  /** For the variables of one method. */
  FieldMoves(Plan plan, Slots slots) {
    this.plan = plan;
    this.slots = slots;
  }

  /** Calls a part with what it needs; says how many operands that takes. */
  int call(InsnList out, Part part) {
    int operands = 0;
    for (int variable : part.parameters()) {
      Kind kind = plan.variables().kind(variable);
      out.add(new VarInsnNode(kind.load(), slots.of(variable)));
      operands += kind.slots();
    }
    out.add(
        new MethodInsnNode(
            Opcodes.INVOKESTATIC, plan.owner(), part.name(), part.descriptor(), false));
    return operands;
  }

  /**
   * Puts variables into fields.
   *
   * @param layout they and others: the first of a kind has the first field
   */
  void leave(InsnList out, List<Integer> variables, List<Integer> layout) {
    Map<Kind, Integer> used = new EnumMap<>(Kind.class);
    int moves = 0;
    for (int variable : layout) {
      Kind kind = plan.variables().kind(variable);
      int index = next(used, kind);
      if (variables.contains(variable)) {
        holder(out, moves++, variables.size());
        out.add(new VarInsnNode(kind.load(), slots.of(variable)));
        out.add(field(Opcodes.PUTFIELD, kind, index));
      }
    }
  }

  /** The other way round, for all of them. */
  void take(InsnList out, List<Integer> variables) {
    Map<Kind, Integer> used = new EnumMap<>(Kind.class);
    for (int i = 0; i < variables.size(); i++) {
      int variable = variables.get(i);
      Kind kind = plan.variables().kind(variable);
      holder(out, i, variables.size());
      out.add(field(Opcodes.GETFIELD, kind, next(used, kind)));
      out.add(new VarInsnNode(kind.store(), slots.of(variable)));
    }
  }

  /** The object with the fields for one move of several: each leaves it there for the next. */
  private void holder(InsnList out, int move, int moves) {
    if (move == 0) {
      holder(out);
    }
    if (move + 1 < moves) {
      out.add(new InsnNode(Opcodes.DUP));
    }
  }

  private static int next(Map<Kind, Integer> used, Kind kind) {
    return used.merge(kind, 1, Integer::sum) - 1;
  }

  /** Puts the result of the whole function, which is on the stack, into a field. */
  void leaveResult(InsnList out, Type result) {
    if (result.getSort() == Type.VOID) {
      return;
    }
    holder(out);
    if (result.getSize() == 2) {
      out.add(new InsnNode(Opcodes.DUP_X2));
      out.add(new InsnNode(Opcodes.POP));
    } else {
      out.add(new InsnNode(Opcodes.SWAP));
    }
    out.add(field(Opcodes.PUTFIELD, Kind.of(result), 0));
  }

  /** Returns what a part has left as the result of the whole function. */
  void returnResult(InsnList out, Type result) {
    if (result.getSort() != Type.VOID) {
      holder(out);
      out.add(field(Opcodes.GETFIELD, Kind.of(result), 0));
    }
    out.add(new InsnNode(result.getOpcode(Opcodes.IRETURN)));
  }

  private void holder(InsnList out) {
    out.add(new VarInsnNode(Opcodes.ALOAD, slots.of(plan.holder())));
    ExitFields fields = plan.fields();
    out.add(new TypeInsnNode(Opcodes.CHECKCAST, fields.holder()));
    out.add(
        new FieldInsnNode(
            Opcodes.GETFIELD, fields.holder(), fields.field(), "L" + fields.owner() + ";"));
  }

  private FieldInsnNode field(int opcode, Kind kind, int index) {
    return new FieldInsnNode(
        opcode, plan.fields().owner(), ExitFields.name(kind, index), kind.type().getDescriptor());
  }

  /** Pushes a small number. */
  static AbstractInsnNode push(int number) {
    if (number <= 5) {
      return new InsnNode(Opcodes.ICONST_0 + number);
    }
    return new IntInsnNode(number <= Byte.MAX_VALUE ? Opcodes.BIPUSH : Opcodes.SIPUSH, number);
  }
}
