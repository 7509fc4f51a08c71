package dev.limpet.benchmarks.hot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselinesTest {
  private static final String AGREED =
      """
      # why
      yardstick-words 1 1.0 arithmetic
      yardstick-sha-256 1 0.5 arithmetic
      parse 100.0 2.0 words
      hash 100.0 2.0 sha-256
      """;

  @TempDir private Path folder = Path.of("");

  private Baselines agreed() throws IOException {
    return Baselines.read(Files.writeString(folder.resolve("baselines"), AGREED));
  }

  private static Map<String, Cost> measured(String... lines) {
    Map<String, Cost> costs = new LinkedHashMap<>();
    AGREED
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(Cost::parse)
        .forEach(cost -> costs.put(cost.name(), cost));
    for (String line : lines) {
      costs.put(Cost.parse(line).name(), Cost.parse(line));
    }
    return costs;
  }

  private String sentence(String line) throws IOException {
    return Objects.requireNonNull(agreed().exceeded(measured(line)).get("parse"), line);
  }

  @Test
  void what_is_within_both_limits_passes() throws IOException {
    assertEquals(Map.of(), agreed().exceeded(measured("parse 105 2.5 words")));
  }

  @Test
  void more_bytes_or_more_time_than_the_limit_allows_is_named() throws IOException {
    String bytes = sentence("parse 105.1 2.5 words");
    assertTrue(bytes.startsWith("parse costs 105.1000 bytes, agreed are 100.0000"), bytes);
    String time = sentence("parse 100 2.6 words");
    assertTrue(time.startsWith("parse costs 2.6000 times its yardstick"), time);
    assertTrue(time.endsWith("at most 25 % more: it is 30 %"), time);
  }

  @Test
  void on_a_machine_of_another_kind_the_limit_of_time_is_as_much_wider() throws IOException {
    assertEquals(
        List.of("hash"),
        List.copyOf(
            agreed()
                .exceeded(measured("yardstick-sha-256 1 0.6 arithmetic", "hash 100 2.6 sha-256"))
                .keySet()));
    Map<String, Cost> other =
        measured(
            "yardstick-sha-256 1 1.0 arithmetic", "hash 100 5.0 sha-256", "parse 100 2.6 words");
    assertEquals(List.of("parse"), List.copyOf(agreed().exceeded(other).keySet()));
  }

  @Test
  void an_operation_without_a_baseline_and_a_baseline_without_an_operation_are_named()
      throws IOException {
    Map<String, Cost> measured = measured("new 1 1 words");
    measured.remove("hash");
    assertEquals(List.of("hash", "new"), List.copyOf(agreed().exceeded(measured).keySet()));
  }

  @Test
  void what_became_cheaper_than_its_baseline_guards_is_named() throws IOException {
    assertEquals(List.of(), agreed().cheaper(measured("parse 96 1.7 words")));
    for (String line : List.of("parse 80 2.0 words", "parse 100 1.5 words")) {
      assertEquals(1, agreed().cheaper(measured(line)).size(), line);
    }
  }

  @Test
  void a_renewed_file_keeps_its_reasons_and_reads_back() throws IOException {
    Path file = folder.resolve("baselines");
    Cost cheaper = Cost.parse("parse 90 1.5 words");
    agreed().renew(file, "cheaper", List.of(cheaper));
    List<String> lines = Files.readAllLines(file);
    assertEquals(List.of("# why", "# cheaper"), lines.subList(0, 2));
    assertEquals(cheaper, Cost.parse(lines.get(2)));
  }

  @Test
  void a_line_that_says_something_else_is_refused() {
    assertThrows(IllegalArgumentException.class, () -> Cost.parse("parse 1 2"));
    assertThrows(IllegalArgumentException.class, () -> Cost.parse("parse 1 2 inches"));
  }

  @Test
  void processors_are_read_as_the_kernel_lists_them() {
    assertEquals(List.of(0, 1, 2, 8), MeasuringJvms.processors("0-2,8"));
  }
}
