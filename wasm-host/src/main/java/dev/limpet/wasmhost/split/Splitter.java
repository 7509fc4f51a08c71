package dev.limpet.wasmhost.split;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodNode;

/**
 * Splits methods that the JVM's compilers would not take.
 *
 * <p>A method of 60 KB, as the loop of an interpreter becomes one, is too much for both of them,
 * and stays with the JVM's own interpreter for ever. So pieces of it become methods of their own,
 * each of which gets as parameters what it needs; what it changes comes back through {@link
 * ExitFields}, and as its result a number says where to go on. The same instructions run in the
 * same order as before.
 */
public final class Splitter {

  /** Stands between the name of a method and the number of its part. */
  public static final String MARK = "$";

  /** Of bytes for a part, how many may stand in one block: else it could not be made smaller. */
  private static final double LONGEST_RUN = 0.4;

  private static final System.Logger LOG = System.getLogger(Splitter.class.getName());

  private final ExitFields fields;
  private final SplitLimits limits;

  /** One whose parts leave values in these fields. */
  public Splitter(ExitFields fields, SplitLimits limits) {
    this.fields = fields;
    this.limits = limits;
  }

  /**
   * Splits a method that is too large. One that uses what cannot be moved, as handlers of
   * exceptions, stays as it is.
   *
   * @param owner internal name of its class
   * @param method static; afterwards what is left of it, with stack maps where blocks begin
   * @return its parts
   */
  public List<MethodNode> split(String owner, MethodNode method) {
    if (CodeSize.of(method) <= limits.over() || !isMovable(method)) {
      return List.of();
    }
    try {
      return splitNow(owner, method);
    } catch (TooHardException e) {
      LOG.log(Level.DEBUG, "{0} is not split: {1}", method.name, e.getMessage());
      return List.of();
    }
  }

  private boolean isMovable(MethodNode method) {
    return method.tryCatchBlocks.isEmpty()
        && fields.canHold(Type.getReturnType(method.desc))
        && Arrays.stream(Type.getArgumentTypes(method.desc))
            .anyMatch(type -> type.getDescriptor().equals(fields.parameter()));
  }

  private List<MethodNode> splitNow(String owner, MethodNode method) {
    Effort effort = new Effort(SplitLimits.MAX_STEPS);
    Plan plan = plan(owner, method, effort);
    Parts parts = Parts.of(plan, limits, effort);
    if (parts.largest(plan) <= limits.over() || !SpilledVariables.help(plan.variables())) {
      return parts.all().isEmpty() ? List.of() : written(plan, parts);
    }
    SpilledVariables spilled = new SpilledVariables(method, plan.variables());
    MethodNode body = spilled.body();
    Plan bodyPlan = plan(owner, body, effort);
    List<MethodNode> methods = new ArrayList<>();
    methods.add(body);
    methods.addAll(written(bodyPlan, Parts.of(bodyPlan, limits, effort)));
    spilled.wrap(owner, body);
    return methods;
  }

  private Plan plan(String owner, MethodNode method, Effort effort) {
    Variables variables = Variables.of(method);
    Code code = new Code(method);
    int longest = (int) (limits.part() * LONGEST_RUN);
    Blocks blocks = new Blocks(code, new StackWalk(code, variables, longest, effort));
    Dominators tree = new Dominators(blocks, effort);
    Liveness liveness = new Liveness(blocks, variables, tree.order(), effort);
    return new Plan(owner, method, blocks, tree, variables, liveness, fields);
  }

  private static List<MethodNode> written(Plan plan, Parts parts) {
    List<MethodNode> methods = new ArrayList<>();
    parts.all().forEach(part -> methods.add(PartWriter.part(plan, part, parts)));
    PartWriter.root(plan, parts);
    return methods;
  }
}
