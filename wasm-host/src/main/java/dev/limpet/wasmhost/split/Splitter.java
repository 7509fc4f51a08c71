package dev.limpet.wasmhost.split;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
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
  private final LastingFields lastingFields;
  private final SplitLimits limits;
  private final long steps;

  /** One whose parts leave values in these fields, and keep others in those. */
  public Splitter(ExitFields fields, LastingFields lastingFields, SplitLimits limits) {
    this(fields, lastingFields, limits, SplitLimits.MAX_STEPS);
  }

  /** The same with fewer steps for one method. */
  Splitter(ExitFields fields, LastingFields lastingFields, SplitLimits limits, long steps) {
    this.fields = fields;
    this.lastingFields = lastingFields;
    this.limits = limits;
    this.steps = steps;
  }

  /** From which size on it splits, and into what. */
  public SplitLimits limits() {
    return limits;
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
    Effort effort = new Effort(steps);
    Plan plan = plan(owner, method, effort);
    if (SpilledVariables.help(plan.variables())) {
      SpilledVariables spilled = new SpilledVariables(method, plan.variables());
      List<MethodNode> methods = divided(plan, effort);
      return orFurther(method, methods, () -> spilled(owner, spilled, effort));
    }
    Regions regions = new Regions(plan, limits, effort);
    LastingVariables lasting = new LastingVariables(plan, regions, lastingFields, limits);
    if (lasting.isEmpty() || method.name.contains(MARK)) {
      return divided(plan, regions, effort);
    }
    MethodNode made = lasting.method();
    return orLasting(plan, divided(plan, regions, effort), made);
  }

  /**
   * The parts of a method that does the same with some variables in fields, and takes the place of
   * the first; those of the first where it becomes too large by that. A part that is divided once
   * more is not asked: the fields have the variables of its function.
   */
  private List<MethodNode> orLasting(Plan plan, List<MethodNode> parts, MethodNode made) {
    MethodNode method = plan.method();
    try {
      Effort effort = new Effort(steps);
      Plan other = plan(plan.owner(), made, effort);
      List<MethodNode> more = divided(other, effort);
      int most = Math.max(limits.over(), largest(method, parts));
      if (more.isEmpty() || largest(made, more) > most) {
        return parts;
      }
      method.instructions = made.instructions;
      method.maxLocals = made.maxLocals;
      method.maxStack = made.maxStack;
      return more;
    } catch (TooHardException e) {
      LOG.log(Level.DEBUG, "{0} keeps no variables in fields: {1}", method.name, e.getMessage());
      return parts;
    }
  }

  /** What the method did, in another one with few variables; nothing when that did not help. */
  private List<MethodNode> spilled(String owner, SpilledVariables spilled, Effort effort) {
    MethodNode body = spilled.body();
    Plan plan = plan(owner, body, effort);
    List<MethodNode> parts = divided(plan, effort);
    if (parts.isEmpty()) {
      return List.of();
    }
    List<MethodNode> methods = new ArrayList<>(parts);
    methods.addFirst(body);
    spilled.wrap(owner, body);
    return methods;
  }

  private List<MethodNode> divided(Plan plan, Effort effort) {
    return divided(plan, new Regions(plan, limits, effort), effort);
  }

  private List<MethodNode> divided(Plan plan, Regions regions, Effort effort) {
    return orFurther(
        plan.method(),
        written(plan, Parts.of(plan, regions)),
        () -> written(plan, Parts.grouped(plan, regions, limits, effort)));
  }

  /** What was made of a method, or more of it where that is too large; the first if that fails. */
  private List<MethodNode> orFurther(
      MethodNode method, List<MethodNode> parts, Supplier<List<MethodNode>> further) {
    if (isSmall(method, parts)) {
      return parts;
    }
    try {
      List<MethodNode> more = further.get();
      return more.isEmpty() ? parts : more;
    } catch (TooHardException e) {
      LOG.log(Level.DEBUG, "{0} is not split further: {1}", method.name, e.getMessage());
      return parts;
    }
  }

  private boolean isSmall(MethodNode method, List<MethodNode> parts) {
    return largest(method, parts) <= limits.over();
  }

  private static int largest(MethodNode method, List<MethodNode> parts) {
    int largest = CodeSize.of(method);
    for (MethodNode part : parts) {
      largest = Math.max(largest, CodeSize.of(part));
    }
    return largest;
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

  /** The methods of the parts, and what is left in the place of the method if there are any. */
  private static List<MethodNode> written(Plan plan, Parts parts) {
    List<MethodNode> methods = new ArrayList<>();
    parts.all().forEach(part -> methods.add(PartWriter.part(plan, part, parts)));
    if (!methods.isEmpty()) {
      PartWriter.root(plan, parts);
    }
    return methods;
  }
}
