package dev.limpet.benchmarks.hot;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Measures every operation and compares it with its baseline. An operation counts as dearer only
 * when it is so in each of three fresh JVMs: what a neighbour's load did passes; a change of the
 * code stays.
 */
public final class Guard {
  private static final int ATTEMPTS = 3;
  private static final int ROUNDS_OF_A_RENEWAL = 5;

  private final Path file;
  private final MeasuringJvms jvms;

  /**
   * A guard of a repository.
   *
   * @param folder an empty folder for the children to work in
   */
  public Guard(Path root, Path folder) throws IOException {
    this.file = root.resolve("benchmarks/baselines.txt");
    this.jvms = new MeasuringJvms(root, folder);
  }

  /**
   * What came of it.
   *
   * @param measured a line an operation, of the cheapest attempt
   * @param cheaper what its baseline holds to little by now, a sentence each
   * @param exceeded what is over its limit, a sentence each
   */
  public record Report(List<String> measured, List<String> cheaper, List<String> exceeded) {}

  /** Measures; takes about twenty seconds of CPU, more when something is over its limit. */
  public Report check() throws IOException, InterruptedException {
    Baselines agreed = Baselines.read(file);
    Map<String, Cost> best = new LinkedHashMap<>();
    Map<String, String> over = Map.of();
    Set<Group> groups = EnumSet.allOf(Group.class);
    for (int attempt = 0; attempt < ATTEMPTS && !groups.isEmpty(); attempt++) {
      Map<Group, List<Cost>> measured = jvms.measure(groups);
      measured.values().forEach(costs -> costs.forEach(cost -> cheapest(best, cost)));
      over = agreed.exceeded(best);
      Set<String> names = over.keySet();
      groups =
          measured.entrySet().stream()
              .filter(group -> group.getValue().stream().anyMatch(c -> names.contains(c.name())))
              .map(Map.Entry::getKey)
              .collect(Collectors.toCollection(() -> EnumSet.noneOf(Group.class)));
    }
    return new Report(
        best.values().stream().map(Cost::toString).toList(),
        agreed.cheaper(best),
        List.copyOf(over.values()));
  }

  private static void cheapest(Map<String, Cost> best, Cost now) {
    best.merge(
        now.name(),
        now,
        (a, b) ->
            new Cost(
                a.name(),
                Math.min(a.bytes(), b.bytes()),
                Math.min(a.ratio(), b.ratio()),
                a.yardstick()));
  }

  /** Writes the medians of five rounds as the new baselines. */
  private void renew(String reason) throws IOException, InterruptedException {
    Map<String, List<Cost>> rounds = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS_OF_A_RENEWAL; round++) {
      for (List<Cost> costs : jvms.measure(EnumSet.allOf(Group.class)).values()) {
        costs.forEach(
            cost -> rounds.computeIfAbsent(cost.name(), _ -> new ArrayList<>()).add(cost));
      }
    }
    List<Cost> medians = rounds.values().stream().map(Guard::median).toList();
    String line =
        LocalDate.now(ZoneOffset.UTC) + ", JDK " + Runtime.version().feature() + ": " + reason;
    Baselines.read(file).renew(file, line, medians);
    medians.forEach(System.out::println);
  }

  private static Cost median(List<Cost> costs) {
    double[] bytes = costs.stream().mapToDouble(Cost::bytes).sorted().toArray();
    double[] ratios = costs.stream().mapToDouble(Cost::ratio).sorted().toArray();
    Cost first = costs.getFirst();
    return new Cost(
        first.name(), bytes[bytes.length / 2], ratios[ratios.length / 2], first.yardstick());
  }

  /**
   * {@code ROOT FOLDER check} prints costs, then what is over its limit, and exits with 1 when
   * there is any; {@code ROOT FOLDER renew REASON} writes the file.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Guard guard = new Guard(Path.of(arguments[0]), Path.of(arguments[1]));
    List<String> order = Arrays.asList(arguments).subList(2, arguments.length);
    if (order.getFirst().equals("renew")) {
      guard.renew(order.get(1));
      return;
    }
    Report report = guard.check();
    report.measured().forEach(System.out::println);
    report.cheaper().forEach(line -> System.out.println("# " + line));
    report.exceeded().forEach(line -> System.out.println("RED " + line));
    System.exit(report.exceeded().isEmpty() ? 0 : 1);
  }
}
