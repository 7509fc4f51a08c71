package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.Label;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.InstructionAdapter;
import org.objectweb.asm.tree.MethodNode;

/** What is chosen to become a method of its own, before any is written. */
final class RegionsTest {

  private static final Type INT = Type.INT_TYPE;
  private static final int WHOLE_BLOCKS = 10_000;

  /**
   * Blocks: 0 decides; 1 and 2 count in variable 2, and 2 in variable 3 as well; 3 returns 2.
   *
   * @param pushed whether a value is on the stack all the time
   */
  static MethodNode fork(int steps, boolean pushed) {
    return Methods.make(
        "(ILjava/lang/Object;)I",
        code -> {
          Label other = new Label();
          Label end = new Label();
          code.iconst(5);
          code.store(2, INT);
          code.iconst(6);
          code.store(3, INT);
          if (pushed) {
            code.iconst(7);
          }
          code.load(0, INT);
          code.ifle(other);
          counts(code, 2, steps);
          code.goTo(end);
          code.mark(other);
          counts(code, 2, steps);
          code.iinc(3, 1);
          code.mark(end);
          if (pushed) {
            code.pop();
          }
          code.load(2, INT);
          code.areturn(INT);
        });
  }

  private static void counts(InstructionAdapter code, int variable, int steps) {
    for (int i = 0; i < steps; i++) {
      code.iinc(variable, i);
    }
  }

  private static Regions chosen(Plan plan, int part) {
    return new Regions(plan, new SplitLimits(part, part), Plans.enough());
  }

  @Test
  void what_is_chosen_knows_what_it_needs_what_it_changes_and_where_it_ends() {
    Plan plan = Plans.of(fork(30, false), WHOLE_BLOCKS);
    Map<Integer, Region> made = chosen(plan, 50).made();
    assertEquals(Set.of(1, 2), made.keySet());
    Region first = Objects.requireNonNull(made.get(1));
    assertEquals(List.of(1), first.blocks());
    assertEquals(List.of(2), first.inputs());
    assertEquals(Map.of(3, List.of(2)), first.exits());
    assertEquals(1, first.ways());
    Region second = Objects.requireNonNull(made.get(2));
    assertEquals(List.of(2, 3), second.inputs());
    assertEquals("{2, 3}", second.changed().toString());
    assertEquals(Map.of(3, List.of(2)), second.exits(), "nobody reads the other one there");
  }

  @Test
  void nothing_is_chosen_where_all_is_small_enough() {
    assertEquals(Map.of(), chosen(Plans.of(fork(30, false), WHOLE_BLOCKS), 1_000).made());
  }

  @Test
  void a_piece_that_is_hardly_larger_than_its_call_stays() {
    assertEquals(Map.of(), chosen(Plans.of(fork(15, false), WHOLE_BLOCKS), 50).made());
  }

  @Test
  void a_piece_that_begins_with_a_value_on_the_stack_stays() {
    assertEquals(Map.of(), chosen(Plans.of(fork(30, true), WHOLE_BLOCKS), 50).made());
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 60, 100, 200})
  void each_block_is_of_one_region_and_is_reached_through_its_entry_alone(int part) {
    Plan plan = Plans.of(Samples.interpreter(), part);
    Regions regions = chosen(plan, part);
    assertTrue(regions.made().size() > 1, "nothing is chosen");
    Map<Integer, Integer> owners = new TreeMap<>();
    List<Region> all = new ArrayList<>(regions.made().values());
    all.add(regions.root());
    for (Region region : all) {
      for (int block : region.blocks()) {
        boolean called = block != region.entry() && regions.made().containsKey(block);
        if (!called) {
          assertEquals(null, owners.put(block, region.entry()), "block " + block);
        }
        assertTrue(isBelow(plan.tree(), block, region.entry()), block + " in " + region.entry());
      }
    }
    assertEquals(plan.blocks().count(), owners.size());
    for (Map.Entry<Integer, Integer> owner : owners.entrySet()) {
      for (int next : plan.blocks().get(owner.getKey()).next()) {
        boolean inside = Objects.equals(owners.get(next), owner.getValue());
        assertTrue(inside || isEntry(regions, next) || isExit(regions, owner.getValue(), next));
      }
    }
  }

  private static boolean isBelow(Dominators tree, int block, int entry) {
    int at = block;
    while (at != entry && at != 0) {
      at = tree.above(at);
    }
    return at == entry;
  }

  private static boolean isEntry(Regions regions, int block) {
    return regions.made().containsKey(block);
  }

  private static boolean isExit(Regions regions, int entry, int block) {
    Region region = entry == 0 ? regions.root() : regions.made().get(entry);
    return region != null && region.exits().containsKey(block);
  }

  @Test
  void pieces_that_are_taken_away_leave_no_more_than_there_should_be() {
    Plan plan = Plans.of(Samples.interpreter(), 20);
    Regions regions = chosen(plan, 200);
    List<Region> all = new ArrayList<>(regions.made().values());
    all.add(regions.root());
    for (Region region : all) {
      int bytes = 0;
      for (int block : region.blocks()) {
        Region called = block == region.entry() ? null : regions.made().get(block);
        bytes += called == null ? plan.blocks().get(block).bytes() : called.bytesOfCall(plan);
      }
      assertTrue(bytes <= 200, bytes + " bytes in the region of " + region.entry());
    }
  }

  @Test
  void choosing_ends_at_the_bound_of_its_steps() {
    Plan plan = Plans.of(Samples.interpreter(), 20);
    SplitLimits limits = new SplitLimits(50, 50);
    assertThrows(TooHardException.class, () -> new Regions(plan, limits, new Effort(20)));
  }
}
