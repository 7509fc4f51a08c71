package dev.limpet.benchmarks.hot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The costs that were agreed on, in a file under version control: one line an operation; lines that
 * start with {@code #} say when and why they were renewed.
 */
public final class Baselines {
  /** More bytes than this multiple of the baseline fail. */
  static final double BYTES_LIMIT = 1.05;

  /** More CPU time than this multiple of the baseline fails. */
  static final double RATIO_LIMIT = 1.25;

  /**
   * A machine on which the yardsticks differ from each other by this much more than they did when
   * the baselines were taken is one of another kind; the limit of CPU time is as much wider there.
   */
  static final double SAME_KIND = 1.25;

  private final List<String> reasons;
  private final Map<String, Cost> costs = new LinkedHashMap<>();

  /** From lines of comment and costs. */
  Baselines(List<String> reasons, List<Cost> costs) {
    this.reasons = List.copyOf(reasons);
    costs.forEach(cost -> this.costs.put(cost.name(), cost));
  }

  /** Reads the file; one that is not there has no lines. */
  static Baselines read(Path file) throws IOException {
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    return new Baselines(
        lines.stream().filter(line -> line.startsWith("#")).toList(),
        lines.stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(Cost::parse)
            .toList());
  }

  /** The same reasons and one more, with other costs. */
  void renew(Path file, String reason, List<Cost> now) throws IOException {
    Stream<String> comments = Stream.concat(reasons.stream(), Stream.of("# " + reason));
    Files.write(file, Stream.concat(comments, now.stream().map(Cost::toString)).toList());
  }

  /**
   * What is over its limit.
   *
   * @param measured every operation and every yardstick
   * @return sentences by the name of the operation; none when all is well
   */
  Map<String, String> exceeded(Map<String, Cost> measured) {
    Map<String, String> over = new LinkedHashMap<>();
    for (Cost agreed : costs.values()) {
      if (!measured.containsKey(agreed.name())) {
        over.put(agreed.name(), agreed.name() + " has a baseline and was not measured");
      }
    }
    for (Cost now : measured.values()) {
      List<String> sentences = exceeded(now, costs.get(now.name()), measured);
      if (!sentences.isEmpty()) {
        over.put(now.name(), String.join("; ", sentences));
      }
    }
    return over;
  }

  private List<String> exceeded(Cost now, @Nullable Cost agreed, Map<String, Cost> measured) {
    if (agreed == null || agreed.yardstick() != now.yardstick()) {
      return List.of(now.name() + " has no baseline against " + now.yardstick().id());
    }
    List<String> over = new ArrayList<>();
    if (Yardstick.names().contains(now.name())) {
      return over;
    }
    if (now.bytes() > agreed.bytes() * BYTES_LIMIT) {
      over.add(sentence(now.name(), now.bytes(), "bytes", agreed.bytes(), BYTES_LIMIT));
    }
    double limit =
        RATIO_LIMIT * Math.max(drift(Yardstick.WORDS, measured), drift(now.yardstick(), measured));
    if (now.ratio() > agreed.ratio() * limit) {
      over.add(sentence(now.name(), now.ratio(), "times its yardstick", agreed.ratio(), limit));
    }
    return over;
  }

  /** Sentences about what became so much cheaper that its baseline holds it to little. */
  List<String> cheaper(Map<String, Cost> measured) {
    return measured.values().stream()
        .filter(now -> !Yardstick.names().contains(now.name()))
        .filter(now -> isCheaper(now, costs.get(now.name())))
        .map(now -> now.name() + " became cheaper: renew the baselines, so that it stays so")
        .toList();
  }

  private static boolean isCheaper(Cost now, @Nullable Cost agreed) {
    return agreed != null
        && (now.bytes() * BYTES_LIMIT < agreed.bytes()
            || now.ratio() * RATIO_LIMIT < agreed.ratio());
  }

  /** How differently this machine does a yardstick; 1 on one of the same kind. */
  private double drift(Yardstick yardstick, Map<String, Cost> measured) {
    if (yardstick == Yardstick.ARITHMETIC) {
      return 1;
    }
    double now = Objects.requireNonNull(measured.get(yardstick.operation())).ratio();
    double agreed = Objects.requireNonNull(costs.get(yardstick.operation())).ratio();
    double drift = Math.max(now / agreed, agreed / now);
    return drift < SAME_KIND ? 1 : drift;
  }

  private static String sentence(
      String name, double now, String unit, double agreed, double limit) {
    return String.format(
        Locale.ROOT,
        "%s costs %.4f %s, agreed are %.4f and at most %.0f %% more: it is %.0f %%",
        name,
        now,
        unit,
        agreed,
        (limit - 1) * 100,
        (now / agreed - 1) * 100);
  }
}
