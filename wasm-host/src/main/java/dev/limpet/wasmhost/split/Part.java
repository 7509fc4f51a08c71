package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.objectweb.asm.Type;

/**
 * A region and the method that it becomes.
 *
 * @param region its blocks
 * @param parameters the variables that it gets, in order
 * @param name of the method
 * @param descriptor of the method
 */
record Part(Region region, List<Integer> parameters, String name, String descriptor) {

  /** The parts by their entries. */
  static SortedMap<Integer, Part> of(Plan plan, SortedMap<Integer, Region> regions) {
    SortedMap<Integer, Part> parts = new TreeMap<>();
    for (Region region : regions.values()) {
      String name = plan.method().name + Splitter.MARK + parts.size();
      List<Integer> parameters = new ArrayList<>(region.inputs());
      parameters.addAll(plan.variables().carried());
      Type[] types = parameters.stream().map(variable -> type(plan, variable)).toArray(Type[]::new);
      Type result = region.tells() ? Type.INT_TYPE : Type.VOID_TYPE;
      parts.put(
          region.entry(),
          new Part(region, parameters, name, Type.getMethodDescriptor(result, types)));
    }
    return parts;
  }

  private static Type type(Plan plan, int variable) {
    Kind kind = plan.variables().kind(variable);
    return kind == Kind.REFERENCE ? plan.variables().parameters().get(variable) : kind.type();
  }
}
