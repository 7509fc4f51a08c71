package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that become one method, but for what other regions have. It begins at its entries and
 * nowhere else.
 *
 * @param entries the blocks with which it may begin, in the order in which they stand; a method
 *     with several is told which
 * @param blocks its blocks and the entries of regions that it calls, in the order in which they
 *     stand
 * @param inputs variables whose values it needs, but for those that every part gets
 * @param changed variables that it changes, what it calls included
 * @param exits blocks of others that come after it, each with the changed variables that are needed
 *     there
 * @param returns whether the whole function may return in it
 */
record Region(
    List<Integer> entries,
    List<Integer> blocks,
    List<Integer> inputs,
    BitSet changed,
    SortedMap<Integer, List<Integer>> exits,
    boolean returns) {

  /**
   * What such blocks need, change, and lead to.
   *
   * @param called the region that a block of it stands for, or null where it is a block of its own
   */
  static Region of(
      Plan plan, List<Integer> entries, List<Integer> own, IntFunction<@Nullable Region> called) {
    BitSet used = new BitSet();
    BitSet changed = new BitSet();
    Set<Integer> targets = new HashSet<>();
    boolean returns = false;
    for (int block : own) {
      Region there = called.apply(block);
      if (there == null) {
        used.or(plan.liveness().used(block));
        changed.or(plan.liveness().changed(block));
        targets.addAll(plan.blocks().get(block).next());
        returns |= Code.isReturn(plan.blocks().code().at(plan.blocks().get(block).last()));
      } else {
        there.inputs().forEach(used::set);
        used.or(there.changed());
        changed.or(there.changed());
        targets.addAll(there.exits().keySet());
        returns |= there.returns();
      }
    }
    own.forEach(targets::remove);
    SortedMap<Integer, List<Integer>> exits = new TreeMap<>();
    for (int target : targets) {
      exits.put(target, moved(plan, changed, plan.liveness().live(target)));
    }
    BitSet live = new BitSet();
    entries.forEach(entry -> live.or(plan.liveness().live(entry)));
    return new Region(entries, own, moved(plan, used, live), changed, exits, returns);
  }

  private static List<Integer> moved(Plan plan, BitSet one, BitSet other) {
    BitSet both = (BitSet) one.clone();
    both.and(other);
    plan.variables().carried().forEach(both::clear);
    return both.stream().boxed().toList();
  }

  /** With other regions instead of some blocks. */
  Region with(List<Integer> newBlocks) {
    return new Region(entries, newBlocks, inputs, changed, exits, returns);
  }

  /** The first of its entries. */
  int entry() {
    return entries.getFirst();
  }

  /** Whether its method must be told where to begin. */
  boolean selects() {
    return entries.size() > 1;
  }

  /** In how many ways it may end, other than by a trap. */
  int ways() {
    return exits.size() + (returns ? 1 : 0);
  }

  /** Whether its method must say how it has ended. */
  boolean tells() {
    return ways() > 1;
  }

  /** What its method says when it ends at that block. */
  int way(int exit) {
    return exits.headMap(exit).size();
  }

  /** What its method says when the whole function returns. */
  int wayOfReturn() {
    return exits.size();
  }

  /** The blocks where it ends, in the order of what its method says. */
  List<Integer> targets() {
    return new ArrayList<>(exits.keySet());
  }

  /** Bytes that a call of it takes, in some way or other. */
  int bytesOfCall(Plan plan) {
    int bytes = 10 + 2 * inputs.size() + (returns ? 5 : 0) + (ways() > 2 ? 16 : 0);
    if (sharesFields(plan)) {
      return bytes + 6 * entries.size() + 4 * exits.size() + 6 * given().size();
    }
    for (List<Integer> given : exits.values()) {
      bytes += 5 + 2 * given.size();
    }
    return bytes;
  }

  /** What is left at some exit or other, in order. */
  List<Integer> given() {
    return exits.values().stream().flatMap(List::stream).distinct().sorted().toList();
  }

  /**
   * Whether each variable has one field, wherever it ends: then its caller can take all of them
   * before it looks where to go on. So it is done for methods with several entries, which have many
   * exits; where an exit needs few of many variables, it would only cost time.
   */
  boolean sharesFields(Plan plan) {
    return selects() && hasFields(plan, given());
  }

  /** The variables in the order in which they get fields at an exit. */
  List<Integer> layout(Plan plan, int exit) {
    return sharesFields(plan) ? given() : exits.getOrDefault(exit, List.of());
  }

  /**
   * Whether a method can get what it needs and leave what it changes.
   *
   * @param plan whose blocks they are
   */
  boolean canMove(Plan plan) {
    return entries.stream().allMatch(entry -> plan.blocks().get(entry).stack().isEmpty())
        && inputs.size() <= SplitLimits.MAX_MOVED
        && exits.keySet().stream().allMatch(exit -> plan.blocks().get(exit).stack().isEmpty())
        && exits.values().stream().allMatch(given -> hasFields(plan, given));
  }

  private static boolean hasFields(Plan plan, List<Integer> given) {
    for (Kind kind : Kind.values()) {
      long wanted = given.stream().filter(one -> plan.variables().kind(one) == kind).count();
      if (wanted > plan.fields().count(kind)) {
        return false;
      }
    }
    return true;
  }
}
