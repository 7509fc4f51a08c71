package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one method is divided into: the parts, and what is left, which calls them. */
final class Parts {

  private final List<Part> all = new ArrayList<>();

  /** Parts that may begin with a block: a group before the region that it calls there. */
  private final Map<Integer, List<Part>> byEntry = new HashMap<>();

  private final Region root;

  private Parts(Region root) {
    this.root = root;
  }

  /** Regions with one entry alone. */
  static Parts of(Plan plan, Regions regions) {
    Parts parts = new Parts(regions.root());
    regions.made().values().forEach(region -> parts.add(plan, region));
    return parts;
  }

  /** The same, and groups where those are not enough. */
  static Parts grouped(Plan plan, Regions regions, SplitLimits limits, Effort effort) {
    Groups groups = new Groups(plan, regions.made(), limits, effort);
    Parts parts = new Parts(groups.lightened(regions.root()));
    List<Region> singles = regions.made().values().stream().map(groups::lightened).toList();
    groups.all().forEach(group -> parts.add(plan, group));
    singles.forEach(region -> parts.add(plan, region));
    return parts;
  }

  private void add(Plan plan, Region region) {
    Part part = Part.of(plan, region, all.size());
    all.add(part);
    region
        .entries()
        .forEach(entry -> byEntry.computeIfAbsent(entry, _ -> new ArrayList<>()).add(part));
  }

  /** In the order of their numbers. */
  List<Part> all() {
    return all;
  }

  /** What is left of the method. */
  Region root() {
    return root;
  }

  /** The part that is called where a block of a region stands, or null when it is its own. */
  @SuppressWarnings("ReferenceEquality") // a group may equal what it calls
  @Nullable Part called(Region region, int block) {
    List<Part> there = byEntry.getOrDefault(block, List.of());
    for (int i = there.size() - 1; i >= 0; i--) {
      if (there.get(i).region() == region) {
        return i + 1 < there.size() ? there.get(i + 1) : null;
      }
    }
    return there.isEmpty() ? null : there.getFirst();
  }
}
