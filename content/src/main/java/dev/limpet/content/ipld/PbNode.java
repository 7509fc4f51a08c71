package dev.limpet.content.ipld;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dag-pb node.
 *
 * @param links in the order of the block
 * @param data the node's own bytes, not to be modified; null when the field is absent
 */
public record PbNode(List<PbLink> links, byte @Nullable [] data) {
  /** Copies the list. */
  public PbNode {
    links = List.copyOf(links);
  }

  /**
   * A node without data.
   *
   * @param links in the order of the block
   * @return the node
   */
  public static PbNode ofLinks(List<PbLink> links) {
    return new PbNode(links, null);
  }
}
