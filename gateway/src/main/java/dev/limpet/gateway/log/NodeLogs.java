package dev.limpet.gateway.log;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.LogPage;
import dev.limpet.protocol.LogPart;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks single nodes for logs. What they answer is checked; what is no answer fails. */
final class NodeLogs {
  /** For one question; a node reads its disk for it. */
  private static final Duration TIME = Duration.ofSeconds(5);

  private static final int NOT_FOUND = 404;

  private final NodeClient client;

  NodeLogs(NodeClient client) {
    this.client = client;
  }

  /**
   * Some of the log of an Execution; empty when the node has none.
   *
   * @param from bytes of the log that are known already
   */
  Future<Optional<LogPart>> part(KnownNode node, ExecutionId id, long from) {
    String uri = "/v1/executions/" + id + "/log?from=" + from;
    return ask(node, uri, LogPart.MAX_JSON_BYTES)
        .map(
            answer ->
                isUnknown(answer)
                    ? Optional.empty()
                    : Optional.of(
                        Json.read(
                            LogPart.class,
                            whole(node, answer).body().getBytes(),
                            LogPart.MAX_JSON_BYTES)));
  }

  /** A build without logs says so of the path, one with them of the Execution. */
  private static boolean isUnknown(NodeClient.Answer answer) {
    return answer.status() == NOT_FOUND;
  }

  /**
   * Logs of a function.
   *
   * @param more further parameters of the query, each after {@code &}
   */
  Future<LogPage> page(KnownNode node, Cid function, String more) {
    String uri = "/v1/logs?function=" + function + more;
    return ask(node, uri, LogPage.MAX_JSON_BYTES)
        .map(
            answer ->
                Json.read(
                    LogPage.class, whole(node, answer).body().getBytes(), LogPage.MAX_JSON_BYTES));
  }

  private Future<NodeClient.Answer> ask(KnownNode node, String uri, int maxBytes) {
    NodeLink link = node.link();
    return link == null
        ? Future.failedFuture(broken(node))
        : client.send(
            link.request(HttpMethod.GET, uri, List.of()),
            null,
            new NodeClient.Bounds(TIME, maxBytes));
  }

  private static NodeClient.Answer whole(KnownNode node, NodeClient.Answer answer) {
    if (!answer.isSuccess()) {
      throw broken(node);
    }
    return answer;
  }

  private static LimpetException broken(KnownNode node) {
    return new LimpetException(
        ErrorCode.NODE_FAILED, "the node " + node.name() + " does not show its logs; try again");
  }
}
