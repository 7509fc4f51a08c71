package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.receipt.Receipt;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why a replay ran on the node of its receipt: no other may run it, or more data would have to
 * travel to one than was allowed.
 *
 * @param fetcher who would have to fetch least; empty when nobody is kept from it by that
 * @param known whether the gateway told, which it tells those who may manage it
 */
record NotElsewhere(Optional<Fetcher> fetcher, boolean known) {
  /** What travels for a call that says nothing of it; the gateway's default. */
  private static final long USUAL_BYTES = 64L << 20;

  /**
   * A node that could run it.
   *
   * @param bytes that it lacks
   */
  record Fetcher(String node, long bytes) {}

  /** Asks the gateway. */
  static NotElsewhere of(ServerClient gateway, Receipt receipt, OptionalLong allowed) {
    if (receipt.work().inputs().isEmpty()) {
      return new NotElsewhere(Optional.empty(), true);
    }
    List<JsonObject> candidates;
    try {
      candidates = gateway.get(Replay.question(receipt)).objects("candidates");
    } catch (CliException e) {
      return new NotElsewhere(Optional.empty(), false);
    }
    Optional<Fetcher> least =
        candidates.stream()
            .filter(candidate -> candidate.text("state").equals(NodeState.READY.text()))
            .map(candidate -> new Fetcher(candidate.text("node"), candidate.number("bytesToMove")))
            .filter(fetcher -> fetcher.bytes() > allowed.orElse(USUAL_BYTES))
            .min(Comparator.comparingLong(Fetcher::bytes));
    return new NotElsewhere(least, true);
  }

  /** In a few words. */
  String text() {
    return fetcher
        .map(other -> other.node() + " could run it with --max-fetch " + other.bytes() + " or more")
        .orElse(known ? "no other could run it" : "no other could run it within --max-fetch");
  }
}
