package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A receipt in a list. What it says is what the node says; {@code /v1/receipts/{cid}} proves it.
 *
 * @param receipt its CID
 * @param node the node's name; null when the node itself says it
 * @param execution the Execution that it is of
 * @param function CID of the manifest
 * @param from its inputs as they were asked for
 * @param outcome how it ended, in a word
 * @param startedAt when it began, on the node's clock
 * @param entry its place in the log of the node, from 0
 */
@Json
public record ReceiptItem(
    Cid receipt,
    @Nullable String node,
    ExecutionId execution,
    Cid function,
    List<String> from,
    String outcome,
    Instant startedAt,
    long entry) {
  /** As many as a receipt may name. */
  private static final int MAX_FROM = 256;

  /** Checks the parts. */
  public ReceiptItem {
    Wire.present("receipt", receipt);
    Wire.optionalText("node", node);
    Wire.present("execution", execution);
    Wire.present("function", function);
    from = Wire.list("from", from, MAX_FROM);
    Wire.text("outcome", outcome);
    Wire.present("startedAt", startedAt);
    Wire.atLeast("entry", entry, 0);
  }

  /** The same from a node of that name. */
  public ReceiptItem at(String name) {
    return new ReceiptItem(receipt, name, execution, function, from, outcome, startedAt, entry);
  }
}
