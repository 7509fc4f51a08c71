package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.DataRef;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much lies below a path. A gateway knows what each file and directory takes by its CID, but
 * not which CID a path leads to, so it asks a holder for that; only when it matters for whether
 * data may move for a call, or where to.
 */
public final class PathSize {
  private static final Duration TIME = Duration.ofSeconds(2);
  private static final int BODY_BYTES = 64 << 10;

  private final HolderIndex index;
  private final NodeClient client;

  /** Asks holders that {@code index} knows. */
  public PathSize(HolderIndex index, NodeClient client) {
    this.index = index;
    this.client = client;
  }

  /**
   * Whether a decision that was made by all of the inputs' roots may be another one by what lies
   * below their paths.
   */
  public static boolean matters(Decision decision, List<DataRef> inputs) {
    return moves(decision, inputs) && inputs.stream().anyMatch(input -> !input.path().isEmpty());
  }

  /** The question with what lies below the paths of its inputs. Never fails. */
  public Future<Question> weigh(Question whole, List<DataRef> inputs) {
    return of(inputs).map(whole::withData);
  }

  private static boolean moves(Decision decision, List<DataRef> inputs) {
    return switch (decision) {
      case Decision.WouldMove _ -> true;
      case Decision.Run run -> inputs.size() > 1 && run.choices().getFirst().bytesToMove() != 0;
      case Decision.HoldersOffline _, Decision.DataNotFound _, Decision.NoNode _ -> false;
    };
  }

  /**
   * How much of each root the inputs want: each root once, with the sum of what lies below its
   * paths, or -1 when that is not known or all of it is wanted.
   */
  private Future<List<Question.Wanted>> of(List<DataRef> inputs) {
    List<DataRef> refs = inputs.stream().distinct().toList();
    List<Future<Long>> asked = refs.stream().map(this::below).toList();
    return Future.all(asked)
        .map(
            _ -> {
              Map<Cid, Long> sums = new LinkedHashMap<>();
              for (int i = 0; i < refs.size(); i++) {
                long bytes = asked.get(i).result();
                sums.merge(refs.get(i).root(), bytes, (a, b) -> a < 0 || b < 0 ? -1 : a + b);
              }
              return sums.entrySet().stream()
                  .map(sum -> new Question.Wanted(sum.getKey(), sum.getValue()))
                  .toList();
            });
  }

  /** Bytes of the blocks below the path; -1 when nobody can say. */
  private Future<Long> below(DataRef data) {
    if (data.path().isEmpty()) {
      return Future.succeededFuture(-1L);
    }
    List<NodeLink> holders = holders(data.root());
    if (holders.isEmpty()) {
      return Future.succeededFuture(-1L);
    }
    String uri = "/ipfs/" + data.toEncoded() + "?format=raw";
    return NodesInTurn.ask(holders, TIME, (holder, left) -> ask(holder, uri, left), _ -> true)
        .otherwise(-1L);
  }

  private Future<Long> ask(NodeLink holder, String uri, Duration left) {
    return client
        .send(
            holder.request(HttpMethod.HEAD, uri, List.of()),
            null,
            new NodeClient.Bounds(left, BODY_BYTES))
        .compose(
            answer ->
                answer.isSuccess()
                    ? Future.succeededFuture(sizeOfLast(answer.roots()))
                    : Future.failedFuture("status " + answer.status()));
  }

  private List<NodeLink> holders(Cid root) {
    List<NodeLink> links = new ArrayList<>();
    for (Holder holder : index.holders(root)) {
      NodeLink link = holder.counts() && holder.node().servesData() ? holder.node().link() : null;
      if (link != null && links.size() < Placement.MAX_CHOICES) {
        links.add(link);
      }
    }
    return links;
  }

  private long sizeOfLast(@Nullable String roots) {
    if (roots == null) {
      return -1;
    }
    try {
      Cid last = Cid.parse(roots.substring(roots.lastIndexOf(',') + 1).strip());
      return index.holders(last).stream()
          .filter(holder -> !holder.hasFailed())
          .mapToLong(Holder::dagSize)
          .max()
          .orElse(-1);
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }
}
