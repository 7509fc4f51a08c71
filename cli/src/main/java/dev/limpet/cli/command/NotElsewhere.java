package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.receipt.Receipt;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why a replay ran on the node of its receipt: no other may run it, or more data would have to
 * travel to one than was allowed.
 *
 * @param fetcher who would have to fetch least of those that then get it; empty when there is none
 * @param known whether that is all: the gateway told, which it tells those who may manage it, and
 *     of nobody else it is unknown how much it lacks
 */
record NotElsewhere(Optional<Fetcher> fetcher, boolean known) {
  /** How many amounts the gateway is asked about: nodes differ little in what they lack. */
  private static final int MAX_AMOUNTS = 4;

  /**
   * A node that could run it.
   *
   * @param bytes that may have to travel
   */
  record Fetcher(String node, long bytes) {}

  /** Asks the gateway. */
  static NotElsewhere of(ServerClient gateway, Receipt receipt, OptionalLong allowed) {
    if (receipt.work().inputs().isEmpty()) {
      return new NotElsewhere(Optional.empty(), true);
    }
    try {
      return found(gateway, receipt, allowed.orElse(Question.DEFAULT_MAX_FETCH_BYTES));
    } catch (CliException e) {
      return new NotElsewhere(Optional.empty(), false);
    }
  }

  /** A node may lack data and not run the function for other reasons: who gets it is asked. */
  private static NotElsewhere found(ServerClient gateway, Receipt receipt, long allowed) {
    JsonObject now = why(gateway, receipt, allowed);
    String here = now.text("chosen");
    List<JsonObject> others =
        now.objects("candidates").stream()
            .filter(candidate -> candidate.text("state").equals(NodeState.READY.text()))
            .filter(candidate -> !candidate.text("node").equals(here))
            .toList();
    Optional<Fetcher> least =
        others.stream()
            .map(candidate -> candidate.number("bytesToMove"))
            .filter(bytes -> bytes > allowed)
            .distinct()
            .sorted()
            .limit(MAX_AMOUNTS)
            .map(bytes -> new Fetcher(why(gateway, receipt, bytes).text("chosen"), bytes))
            .filter(fetcher -> !fetcher.node().isEmpty() && !fetcher.node().equals(here))
            .findFirst();
    boolean known = others.stream().noneMatch(other -> other.number("bytesToMove") < 0);
    return new NotElsewhere(least, known);
  }

  /** Where the replay would go if so much may travel. */
  private static JsonObject why(ServerClient gateway, Receipt receipt, long bytes) {
    HttpRequest.Builder question =
        gateway
            .request(Replay.question(receipt))
            .header("Accept", "application/json")
            .header(Headers.MAX_FETCH, Long.toString(bytes))
            .GET();
    Replay.elsewhere(receipt).forEach(question::header);
    return gateway.json(question.build());
  }

  /** In a few words. */
  String text() {
    return fetcher
        .map(other -> other.node() + " could run it with --max-fetch " + other.bytes() + " or more")
        .orElse(
            known
                ? "no other could run it"
                : "no other could run it within --max-fetch; with more is not known");
  }
}
