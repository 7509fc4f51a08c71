package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.InstructionAdapter;
import org.objectweb.asm.tree.MethodNode;

/** Blocks, the tree of dominators and what is live, on methods small enough to see through. */
final class BlocksTest {

  private static final Type INT = Type.INT_TYPE;

  private record Seen(Blocks blocks, Dominators tree, Liveness liveness) {

    static Seen of(int longest, Consumer<InstructionAdapter> code) {
      MethodNode method = Methods.make("(ILjava/lang/Object;)I", code);
      Effort effort = new Effort(1_000_000);
      Variables variables = Variables.of(method);
      Code all = new Code(method);
      Blocks blocks = new Blocks(all, new StackWalk(all, variables, longest, effort));
      Dominators tree = new Dominators(blocks, effort);
      return new Seen(blocks, tree, new Liveness(blocks, variables, tree.order(), effort));
    }

    List<List<Integer>> next() {
      List<List<Integer>> next = new ArrayList<>();
      for (int i = 0; i < blocks.count(); i++) {
        next.add(blocks.get(i).next());
      }
      return next;
    }

    List<List<Integer>> below() {
      List<List<Integer>> below = new ArrayList<>();
      for (int i = 0; i < blocks.count(); i++) {
        below.add(tree.below(i).stream().sorted().toList());
      }
      return below;
    }
  }

  /** A loop whose body has two ways: 0 head, 1 decision, 2 one way, 3 the other, 4 back, 5 end. */
  private static void loop(InstructionAdapter code) {
    Label head = new Label();
    Label other = new Label();
    Label back = new Label();
    Label end = new Label();
    code.iconst(1);
    code.store(2, INT);
    code.mark(head);
    code.load(0, INT);
    code.ifle(end);
    code.load(0, INT);
    code.iconst(1);
    code.and(INT);
    code.ifne(other);
    code.iinc(2, 3);
    code.goTo(back);
    code.mark(other);
    code.iconst(9);
    code.store(2, INT);
    code.mark(back);
    code.iinc(0, -1);
    code.goTo(head);
    code.mark(end);
    code.load(2, INT);
    code.areturn(INT);
  }

  @Test
  void blocks_begin_where_jumps_go_and_behind_them() {
    Seen seen = Seen.of(1000, BlocksTest::loop);
    assertEquals(
        List.of(
            List.of(1),
            List.of(6, 2),
            List.of(4, 3),
            List.of(5),
            List.of(5),
            List.of(1),
            List.of()),
        seen.next());
  }

  @Test
  void a_block_stands_below_the_one_through_which_every_way_leads() {
    Seen seen = Seen.of(1000, BlocksTest::loop);
    assertEquals(
        List.of(
            List.of(1),
            List.of(2, 6),
            List.of(3, 4, 5),
            List.of(),
            List.of(),
            List.of(),
            List.of()),
        seen.below());
    assertEquals(0, seen.tree().order().getFirst());
    assertEquals(2, seen.tree().above(5));
  }

  @Test
  void a_variable_is_live_where_it_is_read_before_it_is_set() {
    Seen seen = Seen.of(1000, BlocksTest::loop);
    BitSet both = BitSet.valueOf(new long[] {0b101});
    BitSet number = BitSet.valueOf(new long[] {0b001});
    assertEquals(number, seen.liveness().live(0));
    assertEquals(both, seen.liveness().live(1));
    assertEquals(both, seen.liveness().live(3));
    assertEquals(number, seen.liveness().live(4), "it is set there");
    assertEquals(BitSet.valueOf(new long[] {0b100}), seen.liveness().live(6));
    assertEquals(number, seen.liveness().changed(5));
  }

  @Test
  void a_long_run_is_cut_where_the_stack_is_empty() {
    Seen seen =
        Seen.of(
            20,
            code -> {
              code.load(0, INT);
              for (int i = 0; i < 30; i++) {
                code.iconst(i);
                code.add(INT);
              }
              code.store(0, INT);
              for (int i = 0; i < 20; i++) {
                code.iinc(0, i);
              }
              code.load(0, INT);
              code.areturn(INT);
            });
    assertEquals(0, seen.blocks().get(0).first());
    assertEquals(62, seen.blocks().get(1).first(), "not while something is on the stack");
    assertEquals(69, seen.blocks().get(2).first(), "after 21 bytes");
    assertEquals(List.of(1), seen.blocks().get(0).next());
  }

  @Test
  void what_is_on_the_stack_of_a_block_is_known() {
    Seen seen =
        Seen.of(
            1000,
            code -> {
              Label other = new Label();
              Label joined = new Label();
              code.load(1, Type.getType(Object.class));
              code.lconst(1);
              code.load(0, INT);
              code.ifne(other);
              code.fconst(1);
              code.goTo(joined);
              code.mark(other);
              code.fconst(2);
              code.mark(joined);
              code.pop();
              code.pop2();
              code.pop();
              code.iconst(0);
              code.areturn(INT);
            });
    List<Object> two = List.of("java/lang/Object", Opcodes.LONG);
    assertEquals(two, seen.blocks().get(1).stack());
    assertEquals(two, seen.blocks().get(2).stack());
    List<Object> three = List.of("java/lang/Object", Opcodes.LONG, Opcodes.FLOAT);
    assertEquals(three, seen.blocks().get(3).stack());
  }

  @Test
  void effort_is_bounded() {
    Effort effort = new Effort(10);
    effort.spend(10);
    assertThrows(TooHardException.class, () -> effort.spend(1));
  }
}
