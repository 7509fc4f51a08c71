package dev.limpet.node.store;

import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What a store has said that it did, line by line, and what therefore must be true of it. */
final class CrashHistory {
  /**
   * Acknowledged, and nobody has begun to let them go; each with the names that its pin may have:
   * more than one while a new one was not acknowledged.
   */
  final Map<CrashPin, Set<String>> pinned = new HashMap<>();

  /** Roots that were let go, and that was acknowledged. */
  final Set<Cid> unpinned = new HashSet<>();

  /** The longest that each file was when something was acknowledged, in this round. */
  final Map<String, Long> promised = new HashMap<>();

  /** The names of the files at the last acknowledgement. */
  Set<String> lastNames = Set.of();

  int lines;
  int pins;
  int directPins;
  int renamed;
  int refusals;
  int collections;

  /** How many rounds ended while a collection that was asked for had not ended. */
  int killedInCollection;

  private int collecting;

  void beginRound() {
    promised.clear();
    lastNames = Set.of();
    collecting = 0;
  }

  void endRound() {
    killedInCollection += collecting > 0 ? 1 : 0;
  }

  /** Takes in a whole line. */
  void take(String line) {
    lines++;
    String[] words = line.split(" ", -1);
    switch (words[0]) {
      case "adding", "pinning" -> {}
      case "added" -> acknowledged(words, "");
      case "pinned" -> {
        acknowledged(words, CrashPin.name(words[2]));
        pins++;
        directPins += CrashPin.of(words[1]).kind() == PinKind.DIRECT ? 1 : 0;
      }
      case "naming" -> names(words).add(CrashPin.name(words[2]));
      case "named" -> {
        acknowledged(words, CrashPin.name(words[2]));
        renamed++;
      }
      case "unpinning" -> pinned.remove(CrashPin.of(words[1]));
      case "unpinned" -> {
        unpinned.add(CrashPin.of(words[1]).root());
        promise(words);
      }
      case "collecting" -> collecting++;
      case "collected" -> {
        collecting--;
        collections++;
      }
      case "refused" -> refusals++;
      default -> throw new AssertionError("a running store said: " + line);
    }
  }

  private Set<String> names(String[] words) {
    return pinned.computeIfAbsent(CrashPin.of(words[1]), _ -> new HashSet<>());
  }

  private void acknowledged(String[] words, String name) {
    names(words).clear();
    names(words).add(name);
    promise(words);
  }

  /** The words behind the third are files with their lengths. */
  private void promise(String[] words) {
    Set<String> files = new HashSet<>();
    for (int i = 3; i < words.length; i++) {
      int colon = words[i].indexOf(':');
      String file = words[i].substring(0, colon);
      files.add(file);
      promised.merge(file, Long.valueOf(words[i].substring(colon + 1)), Math::max);
    }
    lastNames = files;
  }
}
