package dev.limpet.wasmhost.split;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Keeps the variables that most parts of a method change, as where an interpreter's loop stands in
 * its program, in fields for as long as a call takes: else each part gets and gives back all of
 * them.
 *
 * <p>A call saves what it finds in the fields in variables of its own, and puts it back before it
 * returns: so calls inside each other, whichever method they are of, use the same fields, and none
 * sees what another left there, because the JVM has verified that the method wrote each variable
 * before it read it. A call that ends by a trap puts nothing back; no code of the guest runs after
 * that in the calls around it.
 */
final class LastingVariables {

  /** Of so many parts, one at least must give a variable back. */
  private static final int SHARE = 4;

  private final Plan plan;
  private final LastingFields fields;

  /** By variable the number of its field. */
  private final Map<Integer, Integer> places;

  private final int holder;
  private final int saved;

  /** Those of a method that would be divided into such regions. */
  LastingVariables(Plan plan, Regions regions, LastingFields fields, SplitLimits limits) {
    this.plan = plan;
    this.fields = fields;
    this.places = chosen(plan.variables(), regions, fields.count(), limits);
    this.holder = plan.slotOfHolder();
    this.saved = plan.variables().slots();
  }

  private static Map<Integer, Integer> chosen(
      Variables variables, Regions regions, int most, SplitLimits limits) {
    int[] givers = new int[variables.count()];
    for (Region region : regions.made().values()) {
      region.given().forEach(variable -> givers[variable]++);
    }
    int least = Math.max(limits.givers(), regions.made().size() / SHARE + 1);
    Map<Integer, Integer> places = new LinkedHashMap<>();
    IntStream.range(0, givers.length)
        .filter(variable -> variables.kind(variable) == Kind.INT && givers[variable] >= least)
        .boxed()
        .sorted(Comparator.comparingInt(variable -> -givers[variable]))
        .limit(most)
        .forEach(variable -> places.put(variable, places.size()));
    return places.size() < limits.lasting() ? Map.of() : places;
  }

  /** Whether there are none. */
  boolean isEmpty() {
    return places.isEmpty();
  }

  /** Another method that does what the method does, without stack maps. */
  MethodNode method() {
    MethodNode method = plan.method();
    MethodNode made =
        new MethodNode(Opcodes.ASM9, method.access, method.name, method.desc, null, null);
    begin(made.instructions);
    Code.copy(method.instructions, (at, labels) -> add(made.instructions, at, labels));
    made.maxLocals = saved + places.size();
    made.maxStack = method.maxStack + 2;
    return made;
  }

  /** Saves what is in the fields, and puts parameters there. */
  private void begin(InsnList out) {
    int parameters = plan.variables().parameters().size();
    places.forEach(
        (variable, place) -> {
          read(out, place);
          out.add(new VarInsnNode(Opcodes.ISTORE, saved + place));
          if (variable < parameters) {
            write(out, place, new VarInsnNode(Opcodes.ILOAD, plan.slotOfParameter(variable)));
          }
        });
  }

  private void add(InsnList out, AbstractInsnNode at, Map<LabelNode, LabelNode> labels) {
    Integer place = places.get(plan.variables().of(at));
    if (place == null) {
      if (Code.isReturn(at)) {
        end(out);
      }
      out.add(at.clone(labels));
    } else if (at instanceof IincInsnNode it) {
      load(out);
      out.add(new InsnNode(Opcodes.DUP));
      out.add(field(Opcodes.GETFIELD, place));
      out.add(new LdcInsnNode(it.incr));
      out.add(new InsnNode(Opcodes.IADD));
      out.add(field(Opcodes.PUTFIELD, place));
    } else if (Kind.isStore(at.getOpcode())) {
      load(out);
      out.add(new InsnNode(Opcodes.SWAP));
      out.add(field(Opcodes.PUTFIELD, place));
    } else {
      read(out, place);
    }
  }

  private void end(InsnList out) {
    for (int place : places.values()) {
      write(out, place, new VarInsnNode(Opcodes.ILOAD, saved + place));
    }
  }

  private void read(InsnList out, int place) {
    load(out);
    out.add(field(Opcodes.GETFIELD, place));
  }

  private void write(InsnList out, int place, AbstractInsnNode value) {
    load(out);
    out.add(value);
    out.add(field(Opcodes.PUTFIELD, place));
  }

  private void load(InsnList out) {
    out.add(new VarInsnNode(Opcodes.ALOAD, holder));
    out.add(new TypeInsnNode(Opcodes.CHECKCAST, fields.holder()));
  }

  private FieldInsnNode field(int opcode, int place) {
    return new FieldInsnNode(opcode, fields.holder(), fields.name(place), LastingFields.DESCRIPTOR);
  }
}
