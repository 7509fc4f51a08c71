package dev.limpet.gateway.http;

import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.QueryParameters;

/**
 * The way to the logs that nodes keep, as the router reaches it. Each of these asks the {@link
 * Door}, and answers or fails the exchange. What they throw becomes the answer.
 */
public interface Logs {
  /** {@code /v1/executions/{id}/log}. */
  void log(Exchange exchange, ExecutionId id, QueryParameters query);

  /** {@code /v1/logs}. */
  void logs(Exchange exchange, QueryParameters query);
}
