package dev.limpet.cli.run;

import dev.limpet.cli.terminal.Amounts;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.invoke.AnswerEnd;
import dev.limpet.node.invoke.AnswerHead;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a local run used.
 *
 * @param function CID of the manifest
 * @param result how the sandbox ended it
 * @param head of the answer; null when the function failed before it began
 * @param end of the answer; null when the function failed
 * @param compiled what compiling took
 */
public record RunUsage(
    Cid function,
    ExecutionResult result,
    @Nullable AnswerHead head,
    @Nullable AnswerEnd end,
    Duration compiled) {

  /** The answer's status and header lines, as HTTP has them; empty when it did not begin. */
  public List<String> answerHead() {
    AnswerHead said = head;
    if (said == null) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add("HTTP " + said.status());
    lines.add("Content-Type: " + said.contentType());
    said.lines().forEach(line -> lines.add(line.getKey() + ": " + line.getValue()));
    return lines;
  }

  /** One line for each thing, for a person. */
  public List<String> lines() {
    Usage usage = result.usage();
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, "fuel      %,d", usage.fuel()));
    lines.add("memory    " + Amounts.bytes(usage.peakMemoryBytes()) + " at the peak");
    lines.add("output    " + Amounts.bytes(usage.outputBytes()));
    AnswerEnd answer = end;
    if (answer != null) {
      lines.add("blocks    " + answer.blocksRead() + " read");
    }
    lines.add(
        "time      " + millis(usage.times().ran()) + " run, " + millis(compiled) + " compiled");
    lines.add("function  " + function);
    lines.add("task      " + (task() == null ? "unknown: the body was not read whole" : task()));
    return lines;
  }

  private @Nullable Cid task() {
    return end == null ? null : end.task();
  }

  private static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
  }

  /** The same as one object for a script, with the exit code when the function ended by itself. */
  public Map<String, Object> toJson() {
    Usage usage = result.usage();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("function", function.toString());
    Cid task = task();
    if (task != null) {
      json.put("task", task.toString());
    }
    if (result.outcome() instanceof Outcome.Completed completed) {
      json.put("exitCode", completed.exitCode());
    }
    json.put("fuel", usage.fuel());
    json.put("peakMemoryBytes", usage.peakMemoryBytes());
    json.put("outputBytes", usage.outputBytes());
    AnswerEnd answer = end;
    if (answer != null) {
      json.put("blocksRead", answer.blocksRead());
    }
    json.put("runMs", usage.times().ran().toNanos() / 1e6);
    json.put("compileMs", compiled.toNanos() / 1e6);
    return json;
  }
}
