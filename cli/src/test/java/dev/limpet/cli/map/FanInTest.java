package dev.limpet.cli.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FanInTest {
  private static final long SEED = 20_261_126;

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj("%06d.csv"::formatted).toList();
  }

  private static List<List<String>> groups(List<String> names) {
    return FanIn.groups(0, names, Function.identity());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 1000, 10_000, 100_000})
  void every_name_is_in_one_group_in_order_and_no_group_is_too_wide_or_too_narrow(int count) {
    List<String> names = names(count);
    for (int level = 0; level < 8; level++) {
      List<List<String>> groups = FanIn.groups(level, names, Function.identity());
      assertEquals(names, groups.stream().flatMap(List::stream).toList());
      for (List<String> group : groups) {
        assertTrue(group.size() <= FanIn.MAX_FAN_IN, "level " + level + ": " + group);
      }
      for (List<String> group : groups.subList(0, groups.size() - 1)) {
        assertTrue(group.size() >= FanIn.MIN_FAN_IN, "level " + level + ": " + group);
      }
    }
  }

  @Test
  void what_fits_into_one_group_is_one() {
    assertEquals(1, groups(names(FanIn.MAX_FAN_IN)).size());
    assertTrue(groups(names(FanIn.MAX_FAN_IN + 1)).size() > 1);
  }

  /** Names that begin groups at one level must not all begin groups at the next. */
  @Test
  void a_hundred_thousand_entries_are_reduced_in_four_levels() {
    List<String> names = names(100_000);
    int levels = 0;
    while (names.size() > 1) {
      names =
          FanIn.groups(levels++, names, Function.identity()).stream().map(List::getFirst).toList();
    }
    assertEquals(4, levels);
  }

  @Test
  @Tag("long")
  void a_name_that_comes_or_goes_anywhere_changes_few_groups() {
    System.out.println("seed " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    List<String> names = names(10_000);
    Set<List<String>> before = new HashSet<>(groups(names));
    int changed = 0;
    for (int round = 0; round < 200; round++) {
      List<String> other = new ArrayList<>(names);
      int at = random.nextInt(names.size());
      if (round % 2 == 0) {
        other.remove(at);
      } else {
        other.add(at + 1, names.get(at) + "+");
      }
      Stream<List<String>> groups = groups(other).stream();
      int news = (int) groups.filter(group -> !before.contains(group)).count();
      assertTrue(news <= 10, "round " + round + ": " + news);
      changed += news;
    }
    assertTrue(changed < 2 * 200, changed + " groups in 200 rounds");
  }
}
