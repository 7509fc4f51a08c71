package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the receipts in the logs of nodes, in the order of each log: {@code GET /v1/receipts}. A
 * page may be empty and not the last, since a log is read a part at a time.
 *
 * @param items the receipts
 * @param gaps where logs say that receipts are lost
 * @param next the {@code cursor} of the next page, or null when this is the last
 * @param missing nodes that may have more and did not answer
 */
@Json
public record ReceiptPage(
    List<ReceiptItem> items, List<GapItem> gaps, @Nullable String next, List<String> missing) {
  /** Receipts of one page, and gaps of one page. */
  public static final int MAX_RECEIPTS = 200;

  /** What a reader takes of one. */
  public static final int MAX_JSON_BYTES = 8 << 20;

  /** Nothing, and no more. */
  public static final ReceiptPage NONE = new ReceiptPage(List.of(), List.of(), null, List.of());

  /** Checks the parts. */
  public ReceiptPage {
    items = Wire.list("items", items, MAX_RECEIPTS);
    gaps = Wire.list("gaps", gaps, MAX_RECEIPTS);
    Wire.optionalText("next", next);
    missing = Wire.list("missing", missing, Page.MAX_ITEMS);
  }
}
