package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import run.endive.runtime.Memory;

/** What the scan takes for a loop that is paid for, and what not. */
final class LoopScanTest {

  private static final List<String> FREE = List.of("func_0, jump back 1");
  private static final String FUEL = Meter.SLICE_FIELD;
  private static final String OTHER = "depth";
  private static final int MEMORY = 1;
  private static final int VARIABLE = 2;

  @Test
  void a_jump_back_is_paid_for_by_what_stands_right_before_it() {
    assertEquals(FREE, new Loop().goesBack());
    assertEquals(FREE, new Loop().switchesBack());
    assertEquals(List.of(), new Loop().tick().goesBack());
    assertEquals(List.of(), new Loop().tick().switchesBack());
    assertEquals(FREE, new Loop().tick().then(new InsnNode(Opcodes.NOP)).goesBack());
  }

  @Test
  void between_payment_and_jump_nothing_may_happen_but_that_fuel_goes_to_its_variable() {
    assertEquals(List.of(), new Loop().tick().move(FUEL).switchesBack());
    assertEquals(List.of(), new Loop().tick().move(FUEL).goesBack());
    assertEquals(FREE, new Loop().tick().move(OTHER).switchesBack());
    assertEquals(FREE, new Loop().move(FUEL).switchesBack());
    assertEquals(FREE, new Loop().tick().move(FUEL).move(FUEL).switchesBack());
  }

  @Test
  void who_comes_in_behind_the_payment_has_not_paid() {
    LabelNode inside = new LabelNode();
    JumpInsnNode comesIn = new JumpInsnNode(Opcodes.GOTO, inside);
    assertEquals(FREE, new Loop().then(comesIn).tick().then(inside).goesBack());
    LabelNode moves = new LabelNode();
    comesIn = new JumpInsnNode(Opcodes.GOTO, moves);
    assertEquals(FREE, new Loop().then(comesIn).tick().then(moves).move(FUEL).switchesBack());
    assertEquals(List.of(), new Loop().tick().then(new LabelNode()).goesBack());
  }

  @Test
  void only_the_variable_that_fuel_is_in_pays_and_one_at_a_time() {
    assertEquals(List.of(), new Loop().countDown(VARIABLE, -1).refill().goesBack());
    assertEquals(FREE, new Loop().countDown(VARIABLE, -1).tick().goesBack());
    assertEquals(FREE, new Loop().countDown(VARIABLE, 0).refill().goesBack());
    assertEquals(FREE, new Loop().countDown(MEMORY, -1).refill().goesBack());
  }

  @Test
  void only_the_field_of_fuel_pays_in_place() {
    assertEquals(List.of(), new Loop().payInPlace(FUEL).free());
    assertEquals(FREE, new Loop().payInPlace(OTHER).free());
  }

  /** A function that begins with the label to which it goes back. */
  private static final class Loop {

    private static final String OURS = Type.getInternalName(GuestMemory.class);

    private final MethodNode function =
        new MethodNode(Opcodes.ASM9, Opcodes.ACC_STATIC, "func_0", "(I)V", null, null);

    private final LabelNode back = new LabelNode();

    Loop() {
      function.instructions.add(back);
    }

    Loop then(AbstractInsnNode... code) {
      for (AbstractInsnNode at : code) {
        function.instructions.add(at);
      }
      return this;
    }

    private Loop call(String name, Type result, Type... parameters) {
      String fuel = Type.getInternalName(Fuel.class);
      String descriptor = Type.getMethodDescriptor(result, parameters);
      return then(new MethodInsnNode(Opcodes.INVOKESTATIC, fuel, name, descriptor, false));
    }

    Loop tick() {
      return call("tick", Type.VOID_TYPE, Type.getType(Memory.class));
    }

    Loop refill() {
      return call("refill", Type.INT_TYPE, Type.getType(Memory.class), Type.INT_TYPE)
          .then(new VarInsnNode(Opcodes.ISTORE, VARIABLE));
    }

    /** Moves what a field has to the variable. */
    Loop move(String field) {
      return then(
          new VarInsnNode(Opcodes.ALOAD, MEMORY),
          new TypeInsnNode(Opcodes.CHECKCAST, OURS),
          new FieldInsnNode(Opcodes.GETFIELD, OURS, field, "J"),
          new InsnNode(Opcodes.L2I),
          new VarInsnNode(Opcodes.ISTORE, VARIABLE));
    }

    Loop countDown(int variable, int by) {
      return then(
          new IincInsnNode(variable, by),
          new VarInsnNode(Opcodes.ILOAD, VARIABLE),
          new JumpInsnNode(Opcodes.IFGE, back));
    }

    Loop payInPlace(String field) {
      return then(
          new VarInsnNode(Opcodes.ALOAD, MEMORY),
          new TypeInsnNode(Opcodes.CHECKCAST, OURS),
          new InsnNode(Opcodes.DUP),
          new FieldInsnNode(Opcodes.GETFIELD, OURS, field, "J"),
          new InsnNode(Opcodes.LCONST_1),
          new InsnNode(Opcodes.LSUB),
          new InsnNode(Opcodes.DUP2_X1),
          new FieldInsnNode(Opcodes.PUTFIELD, OURS, field, "J"),
          new InsnNode(Opcodes.LCONST_0),
          new InsnNode(Opcodes.LCMP),
          new JumpInsnNode(Opcodes.IFGE, back));
    }

    List<String> goesBack() {
      return then(new JumpInsnNode(Opcodes.GOTO, back)).free();
    }

    List<String> switchesBack() {
      return then(new TableSwitchInsnNode(0, 0, new LabelNode(), back)).free();
    }

    List<String> free() {
      return LoopScan.freeJumps(function);
    }
  }
}
