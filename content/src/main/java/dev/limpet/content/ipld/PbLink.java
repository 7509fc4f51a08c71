package dev.limpet.content.ipld;

import dev.limpet.content.cid.Cid;
import org.jspecify.annotations.Nullable;

/**
 * A link of a dag-pb node.
 *
 * @param cid what it points to
 * @param label the name as it stands in the block: null when the field is absent, which is another
 *     block than an empty name
 * @param total bytes of everything below, as the writer says; -1 when the field is absent
 */
public record PbLink(Cid cid, @Nullable String label, long total) {
  /** The name, empty when absent. */
  public String name() {
    String known = label;
    return known == null ? "" : known;
  }

  /** The Tsize, 0 when absent; never to be relied on. */
  public long tsize() {
    return Math.max(0, total);
  }
}
