package dev.limpet.wasmgate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Collects what speaks against a module: one refusal for each broken rule, in the order of their
 * first place in the module, with the first few places spelled out and the others counted. So a
 * verdict stays short however often a hostile module breaks a rule.
 *
 * <p>Functions are remembered by index, and named only at the end: their names stand in the last
 * bytes of a module.
 */
final class Findings {
  /** Places that one refusal spells out. */
  private static final int MAX_PLACES = 5;

  /** Characters of a name out of the module that a sentence repeats. */
  private static final int MAX_SHOWN_NAME = 80;

  private static final int NO_FUNCTION = -1;

  private record Place(int function, String what) {}

  private static final class Found {
    private final List<Place> places = new ArrayList<>();
    private long count;
  }

  private final Map<Rule, Found> found = new EnumMap<>(Rule.class);
  private final List<Rule> order = new ArrayList<>();

  /** Something about the module as a whole: a sentence without its full stop. */
  void add(Rule rule, String sentence) {
    add(rule, NO_FUNCTION, sentence);
  }

  /** Something about a function: a predicate, for example "has a body of 9 bytes". */
  void addIn(int function, Rule rule, String predicate) {
    add(rule, function, predicate);
  }

  private void add(Rule rule, int function, String what) {
    Found here = found.computeIfAbsent(rule, this::first);
    here.count++;
    if (here.places.size() < MAX_PLACES) {
      here.places.add(new Place(function, what));
    }
  }

  private Found first(Rule rule) {
    order.add(rule);
    return new Found();
  }

  /**
   * Answers {@code count}, unless it is above the limit: then it is reported, and the part that
   * holds these things is left unread.
   */
  long count(long count, long most, Rule rule, String what) {
    if (count > most) {
      add(rule, "It has " + count + " " + what + "; the limit is " + most);
      throw new UnreadablePartException();
    }
    return count;
  }

  /** What ended the reading of the module. */
  void stop(MalformedModuleException end) {
    add(end.rule(), end.getMessage());
  }

  boolean isEmpty() {
    return order.isEmpty();
  }

  boolean has(Rule rule) {
    return found.containsKey(rule);
  }

  /** The functions that a sentence will speak of. */
  Set<Integer> functions() {
    Set<Integer> functions = new TreeSet<>();
    for (Found each : found.values()) {
      each.places.forEach(place -> functions.add(place.function()));
    }
    functions.remove(NO_FUNCTION);
    return functions;
  }

  /**
   * The refusals.
   *
   * @param language the language of the module, if it says so
   * @param name names a function by index, or answers null; names are made harmless here
   */
  List<Refusal> refusals(@Nullable String language, IntFunction<@Nullable String> name) {
    List<Refusal> refusals = new ArrayList<>();
    for (Rule rule : order.subList(0, Math.min(order.size(), GateLimits.MAX_REFUSALS))) {
      Found each = found.get(rule);
      if (each != null) {
        refusals.add(new Refusal(rule.id(), detail(each, name), rule.advice(language)));
      }
    }
    return refusals;
  }

  private static String detail(Found found, IntFunction<@Nullable String> name) {
    StringBuilder detail = new StringBuilder();
    for (Place place : found.places) {
      detail.append(detail.isEmpty() ? "" : " ");
      if (place.function() != NO_FUNCTION) {
        String known = name.apply(place.function());
        detail.append("Function ").append(place.function());
        detail.append(known == null ? " " : " (" + shown(known) + ") ");
      }
      detail.append(place.what()).append('.');
    }
    long others = found.count - found.places.size();
    if (others > 0) {
      detail.append(" And ").append(others).append(" more.");
    }
    return detail.toString();
  }

  /** A name out of the module, cut and without anything that a terminal or a log would obey. */
  static String shown(String name) {
    StringBuilder shown = new StringBuilder();
    name.codePoints()
        .limit(MAX_SHOWN_NAME)
        .forEach(character -> shown.appendCodePoint(isHarmless(character) ? character : '?'));
    if (name.codePointCount(0, name.length()) > MAX_SHOWN_NAME) {
      shown.append("...");
    }
    return shown.toString();
  }

  private static boolean isHarmless(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
