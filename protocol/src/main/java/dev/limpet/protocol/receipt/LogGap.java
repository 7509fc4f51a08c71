package dev.limpet.protocol.receipt;

import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.PeerId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a log that says that receipts before it were promised and are lost: the node's
 * process ended, or its disk failed, before they were in the log.
 *
 * <p>The DAG-CBOR of {@code {v: 1, gap: true, node, since, until, lost}}; times are milliseconds
 * since 1970 UTC, {@code lost} is null when nobody could count.
 *
 * @param node whose log this is
 * @param since when the log was last whole
 * @param until when that was found out
 * @param lost receipts that are lost; null when unknown
 */
public record LogGap(PeerId node, Instant since, Instant until, @Nullable Long lost) {
  private static final String GAP = "gap";

  /** The DAG-CBOR. */
  public byte[] encode() {
    return DagCbor.encode(
        new Ipld.MapNode(
            Map.of(
                "v",
                new Ipld.Int(Receipt.VERSION),
                GAP,
                new Ipld.Bool(true),
                "node",
                new Ipld.Text(node.toString()),
                "since",
                new Ipld.Int(since.toEpochMilli()),
                "until",
                new Ipld.Int(until.toEpochMilli()),
                "lost",
                lost == null ? new Ipld.Null() : new Ipld.Int(lost))));
  }
}
