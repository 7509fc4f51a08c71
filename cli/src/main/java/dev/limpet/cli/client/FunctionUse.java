package dev.limpet.cli.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the calls of one function took since the gateway started, from its {@code /metrics}.
 *
 * @param function the name by which it was called, or its CID
 * @param calls that ended
 * @param failed of these
 * @param memoHits of these that a memo answered, the gateway's or a node's
 * @param runSeconds that it had a thread
 * @param fuel ticks
 * @param memoryBytes the most that one call had
 * @param bytesIn of callers' bodies
 * @param bytesOut of answers
 * @param bytesMoved of data, between nodes or from outside
 * @param bytesNotMoved of data, that was where the call ran
 */
public record FunctionUse(
    String function,
    long calls,
    long failed,
    long memoHits,
    double runSeconds,
    double fuel,
    long memoryBytes,
    long bytesIn,
    long bytesOut,
    long bytesMoved,
    long bytesNotMoved) {
  private static final Pattern LINE =
      Pattern.compile(
          "limpet_gateway_function_([a-z_]+)\\{function=\"([^\"]*)\""
              + "(?:,outcome=\"([a-z]+)\")?} ([0-9.eE+-]+)");

  /** All functions of a page of metrics, in its order. */
  public static List<FunctionUse> parse(String metrics) {
    Map<String, Map<String, Double>> values = new LinkedHashMap<>();
    for (String line : metrics.split("\n", -1)) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        String outcome = matcher.group(3);
        String name = matcher.group(1) + (outcome == null ? "" : "." + outcome);
        values
            .computeIfAbsent(matcher.group(2), _ -> new LinkedHashMap<>())
            .put(name, number(matcher.group(4)));
      }
    }
    List<FunctionUse> all = new ArrayList<>();
    values.forEach((function, of) -> all.add(of(function, of)));
    return all;
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static FunctionUse of(String function, Map<String, Double> values) {
    long failed = whole(values, "calls_total.failed");
    return new FunctionUse(
        function,
        whole(values, "calls_total.done") + failed,
        failed,
        whole(values, "memo_hits_total"),
        values.getOrDefault("run_seconds_total", 0.0),
        values.getOrDefault("fuel_total", 0.0),
        whole(values, "memory_most_bytes"),
        whole(values, "bytes_in_total"),
        whole(values, "bytes_out_total"),
        whole(values, "bytes_moved_total"),
        whole(values, "bytes_not_moved_total"));
  }

  private static long whole(Map<String, Double> values, String name) {
    return values.getOrDefault(name, 0.0).longValue();
  }

  /** What came since {@code earlier}; the most memory stays what it is. */
  public FunctionUse since(FunctionUse earlier) {
    if (earlier.calls > calls) { // the gateway was started again
      return this;
    }
    return new FunctionUse(
        function,
        calls - earlier.calls,
        failed - earlier.failed,
        memoHits - earlier.memoHits,
        runSeconds - earlier.runSeconds,
        fuel - earlier.fuel,
        memoryBytes,
        bytesIn - earlier.bytesIn,
        bytesOut - earlier.bytesOut,
        bytesMoved - earlier.bytesMoved,
        bytesNotMoved - earlier.bytesNotMoved);
  }
}
