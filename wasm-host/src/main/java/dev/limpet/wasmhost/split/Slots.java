package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;

/**
 * Where the variables of one part are in its method: first those that it gets, behind the number of
 * the block to begin with where there are several.
 */
final class Slots {

  private final Variables variables;
  private final Map<Integer, Integer> slots = new LinkedHashMap<>();
  private final int parameters;
  private final boolean selects;
  private int next;

  /**
   * Of one part.
   *
   * @param selects whether it is told where to begin
   * @param parameters variables that are parameters, in order
   * @param others variables that may be among these
   */
  Slots(Variables variables, boolean selects, List<Integer> parameters, BitSet others) {
    this.variables = variables;
    this.selects = selects;
    this.parameters = parameters.size();
    this.next = selects ? 1 : 0;
    parameters.forEach(this::add);
    others.stream().forEach(this::add);
  }

  private void add(int variable) {
    if (!slots.containsKey(variable)) {
      slots.put(variable, next);
      next += variables.kind(variable).slots();
    }
  }

  /** How many there are. */
  int count() {
    return next;
  }

  /** The slot of a variable that the part has. */
  int of(int variable) {
    Integer slot = slots.get(variable);
    if (slot == null) {
      throw new IllegalStateException("a part without variable " + variable);
    }
    return slot;
  }

  /** The variables that the method begins without, in order. */
  List<Integer> others() {
    return slots.keySet().stream().skip(parameters).toList();
  }

  /** A stack map's locals where those hold something; parameters always do. */
  List<Object> verified(BitSet live) {
    List<Object> types = new ArrayList<>();
    if (selects) {
      types.add(Opcodes.INTEGER);
    }
    int place = 0;
    int last = types.size();
    for (int variable : slots.keySet()) {
      if (place++ < parameters || live.get(variable)) {
        types.add(variables.verified(variable));
        last = types.size();
      } else {
        types.addAll(Collections.nCopies(variables.kind(variable).slots(), Opcodes.TOP));
      }
    }
    return types.subList(0, last);
  }
}
