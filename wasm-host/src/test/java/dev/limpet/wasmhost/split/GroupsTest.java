package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Neighbours that become methods with several entries, where nothing has one entry alone. */
final class GroupsTest {

  private static final SplitLimits LIMITS = new SplitLimits(2_000, 1_000);

  private final Plan plan = Plans.of(Samples.resumed(200), 400);
  private final Regions regions = new Regions(plan, LIMITS, Plans.enough());

  private Groups groups(SplitLimits limits, Effort effort) {
    return new Groups(plan, regions.made(), limits, effort);
  }

  private int bytes(Region region) {
    int bytes = 0;
    for (int block : region.blocks()) {
      Region called = block == region.entry() ? null : regions.made().get(block);
      bytes += called == null ? plan.blocks().get(block).bytes() : called.bytesOfCall(plan);
    }
    return bytes;
  }

  /** The one that has all the cases. */
  private Region largest() {
    return Stream.concat(Stream.of(regions.root()), regions.made().values().stream())
        .max(Comparator.comparingInt(this::bytes))
        .orElseThrow();
  }

  @Test
  void what_is_small_enough_stays_the_same() {
    Region whole = largest();
    Groups groups = groups(new SplitLimits(100_000, 1_000), Plans.enough());
    assertSame(whole, groups.lightened(whole));
    assertEquals(0, groups.all().size());
  }

  @Test
  void what_is_too_large_is_divided_among_neighbours() {
    Region whole = largest();
    assertTrue(bytes(whole) > LIMITS.over(), bytes(whole) + " bytes");
    Groups groups = groups(LIMITS, Plans.enough());
    Region left = groups.lightened(whole);
    assertTrue(groups.all().size() > 2, groups.all().size() + " groups");
    Set<Integer> grouped = new HashSet<>();
    for (Region group : groups.all()) {
      assertTrue(group.canMove(plan), "a group that no method can be");
      assertTrue(group.selects(), "it has one entry");
      group.blocks().forEach(block -> assertTrue(grouped.add(block), block + " in two groups"));
    }
    for (int block : whole.blocks()) {
      boolean stays = left.blocks().contains(block);
      boolean entry = groups.all().stream().anyMatch(group -> group.entries().contains(block));
      assertEquals(!grouped.contains(block) || entry, stays, "block " + block);
    }
  }

  @Test
  void a_group_is_entered_where_others_lead_and_nowhere_else() {
    Groups groups = groups(LIMITS, Plans.enough());
    Region _ = groups.lightened(largest());
    for (Region group : groups.all()) {
      Set<Integer> entered = new HashSet<>();
      for (int from = 0; from < plan.blocks().count(); from++) {
        if (!group.blocks().contains(from)) {
          entered.addAll(plan.blocks().get(from).next());
        }
      }
      entered.retainAll(new HashSet<>(group.blocks()));
      assertEquals(entered, new HashSet<>(group.entries()));
    }
  }

  @Test
  void dividing_ends_at_the_bound_of_its_steps() {
    Groups groups = groups(LIMITS, new Effort(100));
    Region whole = largest();
    assertThrows(TooHardException.class, () -> groups.lightened(whole));
  }
}
