package dev.limpet.gateway.placement;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The problem that those who have or may have what is wanted do not give it now. */
public final class HoldersOffline {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private HoldersOffline() {}

  /**
   * The problem.
   *
   * @param told the nodes that it names: none, or {@link #told}
   */
  public static Problem problem(List<KnownNode> told, String sentence) {
    return Problem.of(ErrorCode.HOLDERS_OFFLINE, sentence)
        .withHolders(told.stream().map(KnownNode::toAwayHolder).toList())
        .withRetryAfter(RETRY_AFTER);
  }

  /** As many of these as a problem may name. */
  public static List<KnownNode> told(List<KnownNode> nodes) {
    return nodes.subList(0, Math.min(Problem.MAX_LISTED, nodes.size()));
  }

  /** As a sentence names nodes. */
  public static String names(Stream<KnownNode> nodes) {
    return nodes.map(KnownNode::name).collect(Collectors.joining(", "));
  }
}
