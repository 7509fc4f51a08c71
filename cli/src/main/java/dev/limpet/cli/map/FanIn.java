package dev.limpet.cli.map;

import dev.limpet.content.cid.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Which results are reduced together. Groups keep the order, and where one ends depends on names
 * alone and on few of them: other contents move no border, and an entry that comes or goes moves
 * those next to it (the shape of a prolly tree, a search tree whose nodes are cut by hashes).
 */
final class FanIn {
  /** A group has at least this many, so that each level is that much shorter than the one below. */
  static final int MIN_FAN_IN = 8;

  /** Results that one reduction takes. */
  static final int MAX_FAN_IN = 64;

  /** A name in so many begins a group. */
  private static final int BORDER = 16;

  private FanIn() {}

  /**
   * Cuts {@code items} into groups; what fits into one is one.
   *
   * @param level 0 at the entries: the same name is no border at all levels
   * @param items in the order of their names
   */
  static <T> List<List<T>> groups(int level, List<T> items, Function<T, String> name) {
    if (items.size() <= MAX_FAN_IN) {
      return List.of(items);
    }
    List<List<T>> groups = new ArrayList<>();
    int start = 0;
    for (int at = 1; at < items.size(); at++) {
      int width = at - start;
      boolean border = width >= MIN_FAN_IN && isBorder(level, name.apply(items.get(at)));
      if (border || width == MAX_FAN_IN) {
        groups.add(items.subList(start, at));
        start = at;
      }
    }
    groups.add(items.subList(start, items.size()));
    return groups;
  }

  private static boolean isBorder(int level, String name) {
    byte[] digest = Sha256.of(name.getBytes(StandardCharsets.UTF_8));
    return (digest[level % digest.length] & 0xff) % BORDER == 0;
  }
}
