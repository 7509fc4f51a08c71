package dev.limpet.protocol.receipt;

import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.PeerId;
import java.time.Instant;
import java.util.Arrays;
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
public record LogGap(PeerId node, Instant since, Instant until, @Nullable Long lost)
    implements LogEntry {
  /** The key that only a gap has. */
  static final String GAP = "gap";

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

  /** The gap that these entries of a map, which these bytes are, say. */
  static LogGap of(Map<String, Ipld> map, byte[] bytes) {
    if (map.get("node") instanceof Ipld.Text(String node)
        && map.get("since") instanceof Ipld.Int since
        && map.get("until") instanceof Ipld.Int until) {
      Long lost = map.get("lost") instanceof Ipld.Int count ? count.value() : null;
      LogGap gap =
          new LogGap(
              PeerId.parse(node),
              Instant.ofEpochMilli(since.value()),
              Instant.ofEpochMilli(until.value()),
              lost);
      if (Arrays.equals(gap.encode(), bytes)) {
        return gap;
      }
    }
    throw new IllegalArgumentException("this is not how a gap is written");
  }
}
