package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Divides what is still too large when {@link Regions} has chosen: code whose blocks can all be
 * reached from one switch, as a Go program resumes its functions, has no large piece with one
 * entry. So neighbours become methods with several entries.
 */
final class Groups {

  /** Of the bytes that a method may have, how many may be known of: landings come on top. */
  private static final double KNOWN = 0.875;

  /** Of the bytes that a method may have, how many a large group may. */
  private static final double LARGE = 0.75;

  private final Plan plan;
  private final SortedMap<Integer, Region> made;
  private final SplitLimits limits;
  private final Effort effort;
  private final List<Region> groups = new ArrayList<>();

  /**
   * Of one method.
   *
   * @param made regions with one entry, by that
   */
  Groups(Plan plan, SortedMap<Integer, Region> made, SplitLimits limits, Effort effort) {
    this.plan = plan;
    this.made = made;
    this.limits = limits;
    this.effort = effort;
  }

  /** Those that were made. */
  List<Region> all() {
    return groups;
  }

  /** A region without what became groups, which it calls; the same when it is not too large. */
  Region lightened(Region region) {
    int bytes = region.blocks().stream().mapToInt(block -> weight(region, block)).sum();
    int most = (int) (limits.over() * KNOWN);
    if (bytes <= most) {
      return region;
    }
    Division division = new Division(region, bytes, limits.part());
    if (division.bytes > most) {
      int more =
          (int) Math.max(limits.part(), Math.min(2.0 * limits.part(), limits.over() * LARGE));
      Division other = new Division(region, bytes, more);
      division = other.bytes < division.bytes ? other : division;
    }
    groups.addAll(division.made);
    return division.left();
  }

  private @Nullable Region called(Region region, int block) {
    return block == region.entry() ? null : made.get(block);
  }

  private int weight(Region region, int block) {
    Region called = called(region, block);
    return called == null ? plan.blocks().get(block).bytes() : called.bytesOfCall(plan);
  }

  private Iterable<Integer> next(Region region, int block) {
    Region called = called(region, block);
    return called == null ? plan.blocks().get(block).next() : called.exits().keySet();
  }

  /** The division of one region. */
  private final class Division {
    private final Region region;
    private final int room;
    private final List<Region> made = new ArrayList<>();
    private final int[] with;
    private final Map<Integer, Set<Integer>> before = new HashMap<>();
    private final Set<Integer> moved = new HashSet<>();
    private final Set<Integer> entries = new HashSet<>();
    private int bytes;

    /**
     * Divides.
     *
     * @param bytes of the whole region
     * @param room bytes that a group should have at most
     */
    Division(Region region, int bytes, int room) {
      this.region = region;
      this.bytes = bytes;
      this.room = room;
      effort.spend(region.blocks().size() * Regions.STEPS_PER_BLOCK);
      this.with = new int[region.blocks().size()];
      Arrays.setAll(with, place -> place);
      region.blocks().forEach(this::look);
      gather();
    }

    /** Blocks between which operands stay on the stack cannot be parted. */
    private void look(int block) {
      for (int next : next(region, block)) {
        if (place(next) >= 0) {
          before.computeIfAbsent(next, _ -> new HashSet<>()).add(block);
          if (!plan.blocks().get(next).stack().isEmpty()) {
            with[first(place(block))] = first(place(next));
          }
        }
      }
    }

    /** Which of the blocks it is, or a negative number. */
    private int place(int block) {
      return Collections.binarySearch(region.blocks(), block);
    }

    private int first(int place) {
      int at = place;
      while (with[at] != at) {
        with[at] = with[with[at]];
        at = with[at];
      }
      return at;
    }

    private void gather() {
      List<List<Integer>> open = new ArrayList<>();
      int gathered = 0;
      for (List<Integer> cluster : clusters()) {
        int more = weight(cluster);
        if (gathered > 0 && gathered + more > room) {
          take(open);
          open.clear();
          gathered = 0;
        }
        open.add(cluster);
        gathered += more;
      }
      take(open);
    }

    private int weight(List<Integer> blocks) {
      return blocks.stream().mapToInt(block -> Groups.this.weight(region, block)).sum();
    }

    /** All but that of the region's own entry, in the order in which they stand. */
    private Iterable<List<Integer>> clusters() {
      NavigableMap<Integer, List<Integer>> clusters = new TreeMap<>();
      Map<Integer, Integer> leaders = new HashMap<>();
      for (int block : region.blocks()) {
        int leader = leaders.computeIfAbsent(first(place(block)), _ -> block);
        clusters.computeIfAbsent(leader, _ -> new ArrayList<>()).add(block);
      }
      clusters.remove(leaders.get(first(place(region.entry()))));
      return clusters.values();
    }

    /** Makes a group of them, or two of their halves when that is too much to move. */
    private void take(List<List<Integer>> clusters) {
      if (clusters.isEmpty() || bytes <= room) {
        return;
      }
      List<Integer> members = clusters.stream().flatMap(List::stream).sorted().toList();
      effort.spend(members.size() * (Regions.STEPS_PER_BLOCK + plan.variables().count() / 64));
      Region group =
          Region.of(plan, entries(members), members, block -> Groups.this.made.get(block));
      if (!group.canMove(plan)) {
        if (clusters.size() > 1) {
          int half = clusters.size() / 2;
          take(List.copyOf(clusters.subList(0, half)));
          take(List.copyOf(clusters.subList(half, clusters.size())));
        }
      } else if (group.bytesOfCall(plan) < weight(members)
          && Groups.this.made.size() + groups.size() + made.size() < SplitLimits.MAX_PARTS) {
        made.add(group);
        bytes -= weight(members) - group.bytesOfCall(plan);
        moved.addAll(members);
        entries.addAll(group.entries());
      }
    }

    private List<Integer> entries(List<Integer> members) {
      Set<Integer> inside = new HashSet<>(members);
      return members.stream()
          .filter(one -> !inside.containsAll(before.getOrDefault(one, Set.of())))
          .toList();
    }

    Region left() {
      return region.with(
          region.blocks().stream()
              .filter(block -> !moved.contains(block) || entries.contains(block))
              .toList());
    }
  }
}
