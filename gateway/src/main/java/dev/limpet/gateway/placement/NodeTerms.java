package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.NodeJoin;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a node said about it when it joined.
 *
 * @param labels what it is
 * @param functions CIDs of functions and modules that it accepts
 * @param deployed whether it accepts every function that has a name here
 * @param any whether it accepts all functions
 */
public record NodeTerms(
    Map<String, String> labels, Set<Cid> functions, boolean deployed, boolean any) {
  static NodeTerms of(NodeJoin join) {
    List<String> allowed = join.functions();
    Set<Cid> cids =
        allowed.stream()
            .filter(function -> !function.equals(NodeJoin.DEPLOYED))
            .map(Cid::parse)
            .collect(Collectors.toUnmodifiableSet());
    return new NodeTerms(
        join.labels(), cids, allowed.contains(NodeJoin.DEPLOYED), allowed.isEmpty());
  }

  /** Whether the node gets data that no node has from trustless gateways outside. */
  public boolean asksOutside() {
    return "true".equals(labels.get(NodeJoin.TRUSTLESS_GATEWAYS_LABEL));
  }

  /** Whether the node takes the function; asked for each node of each call. */
  boolean accepts(Cid function, Needs needs) {
    for (Map.Entry<String, String> label : needs.requires().entrySet()) {
      if (!label.getValue().equals(labels.get(label.getKey()))) {
        return false;
      }
    }
    return allows(function, needs);
  }

  private boolean allows(Cid function, Needs needs) {
    return any
        || functions.contains(function.toV1())
        || (needs.module() != null && functions.contains(needs.module().toV1()))
        || (deployed && needs.deployed().getAsBoolean());
  }

  /** Why the node does not take the function, as the end of a sentence; null when it does. */
  public @Nullable String declines(Cid function, Needs needs) {
    for (Map.Entry<String, String> label : new TreeMap<>(needs.requires()).entrySet()) {
      if (!label.getValue().equals(labels.get(label.getKey()))) {
        return "lacks label " + label.getKey() + "=" + label.getValue();
      }
    }
    if (allows(function, needs)) {
      return null;
    }
    return deployed
        ? "its owner allows only functions that have a name"
        : "its owner allows only other functions";
  }
}
