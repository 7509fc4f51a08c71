package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Writes the method of one region: its blocks as they stand, calls of the regions inside it, and
 * where it ends. Each block begins with a stack map, which follows from what is needed there.
 */
final class PartWriter {

  private static final BitSet NOTHING = new BitSet();

  private final Plan plan;
  private final Region region;
  private final boolean isRoot;
  private final Parts parts;
  private final Slots slots;
  private final FieldMoves moves;
  private final InsnList out = new InsnList();
  private final SortedMap<Integer, LabelNode> inside = new TreeMap<>();
  private final SortedMap<Integer, LabelNode> outside = new TreeMap<>();
  private final Map<Part, LabelNode> selecting = new LinkedHashMap<>();

  /**
   * Needed behind some entry of a part with several: the JVM wants to see a value whichever it was.
   */
  private final BitSet pinned = new BitSet();

  private final Landings landings;
  private int deepest;

  private PartWriter(Plan plan, Region region, List<Integer> parameters, Parts parts) {
    this.plan = plan;
    this.region = region;
    this.isRoot = region.entry() == 0;
    this.parts = parts;
    this.slots = new Slots(plan.variables(), region.selects(), parameters, used());
    this.moves = new FieldMoves(plan, slots);
    this.landings = new Landings(this, plan.liveness(), moves);
    region.blocks().forEach(block -> inside.put(block, new LabelNode()));
  }

  /** The method of a part. */
  static MethodNode part(Plan plan, Part part, Parts parts) {
    MethodNode method =
        new MethodNode(
            Opcodes.ASM9,
            Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC,
            part.name(),
            part.descriptor(),
            null,
            null);
    new PartWriter(plan, part.region(), part.parameters(), parts).writeTo(method);
    return method;
  }

  /** What takes the place of the whole method. */
  static void root(Plan plan, Parts parts) {
    List<Integer> parameters = new ArrayList<>();
    for (int i = 0; i < plan.variables().parameters().size(); i++) {
      parameters.add(i);
    }
    new PartWriter(plan, parts.root(), parameters, parts).writeTo(plan.method());
  }

  private BitSet used() {
    BitSet used = new BitSet();
    for (int block : region.blocks()) {
      Part called = called(block);
      if (called == null) {
        used.or(plan.liveness().used(block));
      } else {
        called.region().inputs().forEach(used::set);
        used.or(called.region().changed());
      }
    }
    return used;
  }

  private @Nullable Part called(int block) {
    return parts.called(region, block);
  }

  private void writeTo(MethodNode method) {
    List<Integer> blocks = new ArrayList<>(region.blocks());
    blocks.removeIf(block -> block == region.entry());
    blocks.addFirst(region.entry());
    begin();
    for (int i = 0; i < blocks.size(); i++) {
      int block = blocks.get(i);
      out.add(label(block));
      out.add(frame(plan.liveness().live(block), plan.blocks().get(block).stack()));
      Part called = called(block);
      if (called == null) {
        copy(plan.blocks().get(block));
        goOn(plan.blocks().get(block), i + 1 < blocks.size() ? blocks.get(i + 1) : -1);
      } else if (called.region().selects()) {
        select(called, block);
      } else {
        call(called);
      }
    }
    selecting.forEach(this::callSelected);
    outside.forEach(this::leave);
    method.instructions = out;
    method.maxLocals = slots.count();
    method.maxStack = Math.max(plan.method().maxStack, deepest) + FieldMoves.OPERANDS;
    method.localVariables = null;
  }

  private void begin() {
    for (int block : region.blocks()) {
      Part called = called(block);
      if (called != null && called.region().selects()) {
        pinned.or(plan.liveness().live(block));
      }
    }
    for (int variable : slots.others()) {
      if (pinned.get(variable)) {
        Kind kind = plan.variables().kind(variable);
        out.add(new InsnNode(kind.zero()));
        out.add(new VarInsnNode(kind.store(), slots.of(variable)));
      }
    }
    if (region.selects()) {
      out.add(new VarInsnNode(Opcodes.ILOAD, 0));
      Ways.choose(out, region.entries().stream().map(this::label).toList());
    }
  }

  /** Where a block begins, or where this method ends to go on there. */
  LabelNode label(int block) {
    LabelNode label = inside.get(block);
    return label != null ? label : outside.computeIfAbsent(block, _ -> new LabelNode());
  }

  /** A stack map in which these variables hold something. */
  FrameNode frame(BitSet live, List<Object> stack) {
    BitSet there = (BitSet) live.clone();
    there.or(pinned);
    List<Object> locals = slots.verified(there);
    return new FrameNode(
        Opcodes.F_NEW, locals.size(), locals.toArray(), stack.size(), stack.toArray());
  }

  private void copy(Block block) {
    for (int i = block.first(); i < block.end(); i++) {
      AbstractInsnNode at = plan.blocks().code().at(i);
      if (Code.isReturn(at) && !isRoot) {
        moves.leaveResult(out, plan.result());
        end(region.wayOfReturn());
      } else {
        out.add(copy(at));
      }
    }
  }

  private AbstractInsnNode copy(AbstractInsnNode at) {
    return switch (at) {
      case VarInsnNode it -> new VarInsnNode(it.getOpcode(), slots.of(plan.variables().of(it)));
      case IincInsnNode it -> new IincInsnNode(slots.of(plan.variables().of(it)), it.incr);
      default -> {
        Map<LabelNode, LabelNode> labels = new HashMap<>();
        for (LabelNode target : Code.targets(at)) {
          labels.put(target, label(plan.blocks().at(target)));
        }
        yield at.clone(labels);
      }
    };
  }

  /** To the block behind it, if that is not what stands there anyway. */
  private void goOn(Block block, int following) {
    if (Code.fallsThrough(plan.blocks().code().at(block.last()))) {
      int next = block.next().getLast();
      if (next != following) {
        out.add(new JumpInsnNode(Opcodes.GOTO, label(next)));
      }
    }
  }

  /** A part that may begin in several places is called in one place of its caller. */
  private void select(Part part, int block) {
    out.add(FieldMoves.push(part.region().entries().indexOf(block)));
    LabelNode there = selecting.computeIfAbsent(part, _ -> new LabelNode());
    out.add(new JumpInsnNode(Opcodes.GOTO, there));
  }

  private void callSelected(Part part, LabelNode label) {
    out.add(label);
    out.add(frame(NOTHING, List.of(Opcodes.INTEGER)));
    call(part);
  }

  private void call(Part part) {
    Region called = part.region();
    deepest = Math.max(deepest, moves.call(out, part) + (called.selects() ? 1 : 0));
    List<LabelNode> ways = new ArrayList<>();
    boolean taken = called.sharesFields(plan);
    if (taken) {
      moves.take(out, called.given());
    }
    for (int target : called.targets()) {
      ways.add(landings.at(target, taken ? List.of() : given(called, target)));
    }
    LabelNode returned = new LabelNode();
    if (called.returns()) {
      ways.add(returned);
    }
    Ways.choose(out, ways);
    landings.write(out);
    if (called.returns()) {
      out.add(returned);
      out.add(frame(NOTHING, List.of()));
      passOnReturn();
    }
  }

  private void passOnReturn() {
    if (isRoot) {
      moves.returnResult(out, plan.result());
    } else {
      end(region.wayOfReturn());
    }
  }

  private void leave(int target, LabelNode label) {
    out.add(label);
    out.add(frame(plan.liveness().live(target), List.of()));
    moves.leave(out, given(region, target), region.layout(plan, target));
    end(region.way(target));
  }

  private static List<Integer> given(Region ending, int target) {
    return ending.exits().getOrDefault(target, List.of());
  }

  private void end(int way) {
    if (region.tells()) {
      out.add(FieldMoves.push(way));
      out.add(new InsnNode(Opcodes.IRETURN));
    } else {
      out.add(new InsnNode(Opcodes.RETURN));
    }
  }
}
