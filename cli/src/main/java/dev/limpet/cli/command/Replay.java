package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.Targets;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.HeaderRules;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.Task;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The call that does the work of a receipt once more.
 *
 * @param method of it
 * @param target of it
 * @param headers what the function saw, and who should not run it
 */
record Replay(String method, String target, Map<String, String> headers) {
  /**
   * The call, or a refusal that says why there is none.
   *
   * @param hasBody whether the caller has the body at hand
   * @throws CliException {@code not-supported} when no replay can tell anything, wrong usage when
   *     the body is missing
   */
  static Replay of(Receipt receipt, boolean hasBody) {
    Task task = refuseWhatIsNotRepeatable(receipt);
    if (task.bodyDigest() != null && !hasBody) {
      throw CliException.usage(
          "of the body of the call only the digest is kept: give the body with --body FILE");
    }
    if (task.bodyDigest() == null && hasBody) {
      throw CliException.usage("the call had no body: leave --body out");
    }
    for (String name : task.headers().keySet()) {
      if (!HeaderRules.listable(name)) {
        throw refused("its work has the header " + name + ", which no function sees");
      }
    }
    Map<String, String> headers = new LinkedHashMap<>(task.headers());
    if (task.contentType() != null) {
      headers.put("content-type", task.contentType());
    }
    headers.put(Headers.MEMORY_HASH, "?1");
    headers.putAll(elsewhere(receipt));
    return new Replay(task.method(), target(task, receipt.work().inputs()), headers);
  }

  /** The same call for that node alone, if it can have it. */
  Replay on(PeerId node) {
    Map<String, String> there = new LinkedHashMap<>(headers);
    there.remove(Headers.AVOID);
    there.put(Headers.NODE, node.toString());
    return new Replay(method, target, there);
  }

  /** Headers that ask for a run, and for one on another node if there is one. */
  static Map<String, String> elsewhere(Receipt receipt) {
    return Map.of("Cache-Control", "no-store", Headers.AVOID, receipt.ran().node().toString());
  }

  private static Task refuseWhatIsNotRepeatable(Receipt receipt) {
    if (receipt.work().task() == null) {
      throw refused(
          "the function did not read the whole body of its call, and no receipt says how much");
    }
    switch (receipt.ending().outcome()) {
      case OK, EXITED, TRAPPED, OUT_OF_FUEL, OUT_OF_MEMORY, OUT_OF_OUTPUT -> {}
      case OUT_OF_TIME, CANCELLED, FAILED ->
          throw refused(
              "the Execution ended "
                  + receipt.ending().outcome().text()
                  + ", which says nothing about the function");
    }
    try {
      return receipt.work().toTask();
    } catch (IllegalArgumentException e) {
      throw refused("what ran cannot be read: " + e.getMessage());
    }
  }

  private static CliException refused(String why) {
    return new CliException(ErrorCode.NOT_SUPPORTED, "no replay: " + why);
  }

  /** Inputs as they were asked for: nodes know the roots that they hold, not all below them. */
  private static String target(Task task, List<String> inputs) {
    List<String> parameters = new ArrayList<>();
    for (String input : inputs) {
      parameters.add("limpet-data=" + Targets.query(asked(input)));
    }
    parameters.addAll(Targets.arguments(task.arguments()));
    if (!task.query().isEmpty()) {
      parameters.add(task.query());
    }
    return "/fn/" + task.manifest() + Targets.path(task.path()) + Targets.queryOf(parameters);
  }

  /** What asks the gateway who may run the work of a receipt. */
  static String question(Receipt receipt) {
    StringBuilder target = new StringBuilder("/v1/why?function=");
    target.append(receipt.work().function());
    for (String input : receipt.work().inputs()) {
      target.append("&data=").append(Targets.query(asked(input)));
    }
    return target.toString();
  }

  private static String asked(String input) {
    try {
      return DataRef.parseEncoded(input).toString();
    } catch (LimpetException e) {
      throw refused("its input is no data: " + e.getMessage());
    }
  }

  /** What an error of a call says about how the function ended; empty: nothing. */
  static Optional<ReceiptOutcome> outcome(CliException failure) {
    if (failure.ran() == null) {
      return Optional.empty(); // no function ran
    }
    return ErrorCode.parse(failure.code())
        .map(
            code ->
                switch (code) {
                  case GUEST_FAILED, BAD_ARGUMENTS -> ReceiptOutcome.EXITED;
                  case GUEST_TRAPPED -> ReceiptOutcome.TRAPPED;
                  case OUT_OF_FUEL -> ReceiptOutcome.OUT_OF_FUEL;
                  case OUT_OF_MEMORY -> ReceiptOutcome.OUT_OF_MEMORY;
                  case OUT_OF_OUTPUT -> ReceiptOutcome.OUT_OF_OUTPUT;
                  default -> ReceiptOutcome.FAILED;
                })
        .filter(outcome -> outcome != ReceiptOutcome.FAILED);
  }
}
