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

  /** Of the bytes that a method may have, how many may be known of before it is written. */
  private static final double KNOWN = 0.875;

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

  /**
   * How large methods become is known when they are written, since they share landings: so each
   * means is tried only after the one before it was not enough. It costs time where a loop goes
   * through what was divided.
   */
  private List<MethodNode> splitNow(String owner, MethodNode method) {
    Effort effort = new Effort(SplitLimits.MAX_STEPS);
    Plan plan = plan(owner, method, effort);
    SpilledVariables spilled =
        SpilledVariables.help(plan.variables())
            ? new SpilledVariables(method, plan.variables())
            : null;
    List<MethodNode> methods = written(plan, effort);
    if (spilled == null || isSmall(method, methods)) {
      return methods;
    }
    MethodNode body = spilled.body();
    methods = new ArrayList<>(written(plan(owner, body, effort), effort));
    methods.addFirst(body);
    spilled.wrap(owner, body);
    return methods;
  }

  private List<MethodNode> written(Plan plan, Effort effort) {
    List<MethodNode> methods = written(plan, Parts.of(plan, limits, Integer.MAX_VALUE, effort));
    return isSmall(plan.method(), methods)
        ? methods
        : written(plan, Parts.of(plan, limits, (int) (limits.over() * KNOWN), effort));
  }

  private boolean isSmall(MethodNode method, List<MethodNode> parts) {
    return CodeSize.of(method) <= limits.over()
        && parts.stream().allMatch(part -> CodeSize.of(part) <= limits.over());
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
