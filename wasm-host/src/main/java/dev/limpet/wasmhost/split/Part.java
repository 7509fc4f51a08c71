package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Type;

/**
 * A region and the method that it becomes.
 *
 * @param region its blocks
 * @param parameters the variables that it gets, in order; where it may begin in several places, the
 *     number of the place comes before them
 * @param name of the method
 * @param descriptor of the method
 */
record Part(Region region, List<Integer> parameters, String name, String descriptor) {

  /** The method of a region, by its number among those of one method. */
  static Part of(Plan plan, Region region, int number) {
    List<Integer> parameters = new ArrayList<>(region.inputs());
    parameters.addAll(plan.variables().carried());
    List<Type> types = new ArrayList<>();
    if (region.selects()) {
      types.add(Type.INT_TYPE);
    }
    parameters.forEach(variable -> types.add(type(plan, variable)));
    Type result = region.tells() ? Type.INT_TYPE : Type.VOID_TYPE;
    return new Part(
        region,
        parameters,
        plan.method().name + Splitter.MARK + number,
        Type.getMethodDescriptor(result, types.toArray(Type[]::new)));
  }

  private static Type type(Plan plan, int variable) {
    Kind kind = plan.variables().kind(variable);
    return kind == Kind.REFERENCE ? plan.variables().parameters().get(variable) : kind.type();
  }
}
