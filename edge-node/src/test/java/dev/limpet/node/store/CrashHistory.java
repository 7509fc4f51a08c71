package dev.limpet.node.store;

import dev.limpet.content.cid.Cid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What a store has said that it did, line by line, and what therefore must be true of it. */
final class CrashHistory {
  /** Acknowledged, and nobody has begun to let them go. */
  final Set<Long> pinned = new HashSet<>();

  /** Roots that were let go, and that was acknowledged. */
  final Set<Cid> unpinned = new HashSet<>();

  /** The longest that each file was when something was acknowledged, in this round. */
  final Map<String, Long> promised = new HashMap<>();

  /** The names of the files at the last acknowledgement. */
  Set<String> lastNames = Set.of();

  int lines;
  int collections;
  int refusals;

  void beginRound() {
    promised.clear();
    lastNames = Set.of();
  }

  /** Takes in a whole line. */
  void take(String line) {
    lines++;
    String[] words = line.split(" ", -1);
    switch (words[0]) {
      case "adding" -> {}
      case "added" -> {
        pinned.add(number(words));
        promise(words);
      }
      case "unpinning" -> pinned.remove(number(words));
      case "unpinned" -> {
        unpinned.add(CrashDag.of(number(words)).root());
        promise(words);
      }
      case "collected" -> collections++;
      case "refused" -> refusals++;
      default -> throw new AssertionError("a running store said: " + line);
    }
  }

  private static long number(String[] words) {
    return Long.parseLong(words[1]);
  }

  private void promise(String[] words) {
    Set<String> names = new HashSet<>();
    for (int i = 2; i < words.length; i++) {
      int colon = words[i].indexOf(':');
      String name = words[i].substring(0, colon);
      names.add(name);
      promised.merge(name, Long.valueOf(words[i].substring(colon + 1)), Math::max);
    }
    lastNames = names;
  }
}
