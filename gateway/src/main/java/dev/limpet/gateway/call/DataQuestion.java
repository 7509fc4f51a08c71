package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.OnlyIfCached;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Whether a node has a root: it answers from what it has, and fetches nothing. */
final class DataQuestion {
  private static final NodeClient.Bounds BOUNDS =
      new NodeClient.Bounds(Duration.ofSeconds(1), 64 << 10);

  private static final Set<Integer> STRANGERS =
      Set.of(
          ErrorCode.UNAUTHORIZED.status(),
          ErrorCode.FORBIDDEN.status(),
          ErrorCode.WRONG_HOST.status());

  private DataQuestion() {}

  /** Asks it. Fails with {@code node-failed}. */
  static Future<NodeClient.Answer> ask(NodeClient client, NodeLink link, Cid root) {
    String uri = "/ipfs/" + root + "?format=raw";
    return client.send(
        link.request(HttpMethod.HEAD, uri, List.of(OnlyIfCached.LINE)), null, BOUNDS);
  }

  /** Whether that is the answer of one that does not know this gateway's token. */
  static boolean isOfStranger(NodeClient.Answer answer) {
    return STRANGERS.contains(answer.status());
  }
}
