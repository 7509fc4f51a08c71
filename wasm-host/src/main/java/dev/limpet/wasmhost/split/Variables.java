package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * The variables of a static method, numbered: a slot that holds an int here and a float there is
 * two. Parameters come first. References are parameters that are never stored to, and every part
 * gets all of them; code with others stays whole.
 */
final class Variables {

  private record Access(int slot, Kind kind) {}

  private final List<Kind> kinds = new ArrayList<>();
  private final List<Type> parameters;
  private final Map<Access, Integer> bySlot = new HashMap<>();
  private final Map<Integer, Type> references = new HashMap<>();

  private Variables(List<Type> parameters) {
    this.parameters = parameters;
    int slot = 0;
    for (Type type : parameters) {
      int id = number(slot, Kind.of(type));
      if (kinds.get(id) == Kind.REFERENCE) {
        references.put(slot, type);
      }
      slot += type.getSize();
    }
  }

  /**
   * Looks at all instructions.
   *
   * @throws TooHardException when one keeps a reference
   */
  static Variables of(MethodNode method) {
    Variables variables = new Variables(List.of(Type.getArgumentTypes(method.desc)));
    for (AbstractInsnNode at : method.instructions) {
      if (at instanceof VarInsnNode it) {
        variables.add(it);
      } else if (at instanceof IincInsnNode it) {
        int _ = variables.number(it.var, Kind.INT);
      }
    }
    return variables;
  }

  private void add(VarInsnNode access) {
    Kind kind = Kind.of(access.getOpcode());
    if (kind == Kind.REFERENCE
        && (access.getOpcode() == Opcodes.ASTORE || !references.containsKey(access.var))) {
      throw new TooHardException("it keeps a reference in a variable");
    }
    int _ = number(access.var, kind);
  }

  private int number(int slot, Kind kind) {
    return bySlot.computeIfAbsent(
        new Access(slot, kind),
        _ -> {
          kinds.add(kind);
          return kinds.size() - 1;
        });
  }

  int count() {
    return kinds.size();
  }

  /** The first slot behind all of them; not what the method says, which may not be known yet. */
  int slots() {
    return bySlot.keySet().stream().mapToInt(at -> at.slot() + at.kind().slots()).max().orElse(0);
  }

  Kind kind(int variable) {
    return kinds.get(variable);
  }

  /** Of the method, whose variables they are from 0 on. */
  List<Type> parameters() {
    return parameters;
  }

  /** What a stack map says of it. */
  Object verified(int variable) {
    Kind kind = kind(variable);
    return kind == Kind.REFERENCE ? parameters.get(variable).getInternalName() : kind.verified();
  }

  /** The type of a reference that is loaded from a slot. */
  Type reference(int slot) {
    return references.getOrDefault(slot, Kind.REFERENCE.type());
  }

  /** The parameters that are references, which all parts get. */
  List<Integer> carried() {
    List<Integer> carried = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      if (kind(i) == Kind.REFERENCE) {
        carried.add(i);
      }
    }
    return carried;
  }

  /** The variable that an instruction loads, stores or increments, or -1. */
  int of(AbstractInsnNode at) {
    return switch (at) {
      case VarInsnNode it -> number(it.var, Kind.of(it.getOpcode()));
      case IincInsnNode it -> number(it.var, Kind.INT);
      default -> -1;
    };
  }
}
