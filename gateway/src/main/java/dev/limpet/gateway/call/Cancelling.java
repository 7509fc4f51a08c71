package dev.limpet.gateway.call;

import dev.limpet.gateway.proxy.NodeClient;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;

/**
 * Tells a node that nobody waits for an Execution any more. A node notices a closed connection only
 * when it writes, so without this a guest that computes would run to its limit.
 */
final class Cancelling {
  private static final NodeClient.Bounds BOUNDS =
      new NodeClient.Bounds(Duration.ofSeconds(2), 64 << 10);

  private Cancelling() {}

  static Future<NodeClient.Answer> send(NodeClient client, Attempt attempt) {
    return client.send(
        attempt
            .link()
            .request(HttpMethod.DELETE, "/v1/invocations/" + attempt.id().text(), List.of()),
        null,
        BOUNDS);
  }
}
