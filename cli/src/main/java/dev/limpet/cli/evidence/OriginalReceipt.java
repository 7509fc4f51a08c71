package dev.limpet.cli.evidence;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.receipt.Receipt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The receipt of the answer that an Execution got, as its gateway remembers it. After an answer
 * from memory it is that of the run which made the answer, so it names another Execution; then it
 * must at least be about the same work.
 *
 * @param receipt its CID
 * @param node the name of the node that answered, or empty
 * @param function CID of the function that was called, or null when the gateway does not say it
 * @param task CID of the Task, or null
 * @param data the inputs as the caller named them
 */
public record OriginalReceipt(
    Cid receipt, String node, @Nullable Cid function, @Nullable Cid task, List<String> data) {
  /** Copies the list. */
  public OriginalReceipt {
    data = List.copyOf(data);
  }

  /** What the gateway remembers; null when it knows of no receipt. */
  static @Nullable OriginalReceipt of(JsonObject execution) {
    Cid receipt = cid(execution.text("receipt"));
    return receipt == null
        ? null
        : new OriginalReceipt(
            receipt,
            execution.text("node"),
            cid(execution.text("function")),
            cid(execution.text("task")),
            execution.texts("data"));
  }

  private static @Nullable Cid cid(String text) {
    try {
      return Cid.parse(text).toV1();
    } catch (IllegalArgumentException e) {
      return null; // it is not said
    }
  }

  /** Why that receipt is of other work; empty when it is of this. */
  String mismatch(Receipt said) {
    Receipt.Work work = said.work();
    if (function != null && !function.equals(work.function().toV1())) {
      return "it is of the function " + work.function() + ", and " + function + " was called";
    }
    if (task != null && work.task() != null) {
      return task.equals(work.task().toV1())
          ? ""
          : "it is of the Task " + work.task() + ", and the call was " + task;
    }
    List<String> inputs = work.inputs().stream().map(OriginalReceipt::plain).toList();
    return inputs.equals(data)
        ? ""
        : "it is of the data " + inputs + ", and the call named " + data;
  }

  /** Receipts have paths percent-encoded, callers and gateways as they are. */
  private static String plain(String input) {
    try {
      return DataRef.parseEncoded(input).toString();
    } catch (LimpetException e) {
      return input; // then it is none that a caller can have named
    }
  }
}
