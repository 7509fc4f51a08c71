package dev.limpet.gateway.http;

import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.RequestTarget;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * The way of calls and of data through the gateway, as the router reaches it. The router has
 * checked {@code Host}; each of these asks the {@link Door} for everything else, and answers or
 * fails the exchange. What they throw becomes the answer.
 */
public interface Calls {
  /** {@code /on/…} and {@code /fn/…}, any method but OPTIONS. */
  void call(Exchange exchange, RequestTarget.Call target);

  /**
   * What {@code Allow} lists for the function of a call: for who may not call it, or when it is not
   * here, what every function takes.
   */
  List<HttpMethod> methods(Exchange exchange, RequestTarget.Call target);

  /** {@code /ipfs/…}, any method but OPTIONS. */
  void content(Exchange exchange, RequestTarget.Content target);

  /** {@code /v1/why}. */
  void why(Exchange exchange, QueryParameters query);

  /** {@code /v1/executions/{id}/result}. */
  void result(Exchange exchange, ExecutionId id);

  /** {@code /v1/executions}. */
  void executions(Exchange exchange, QueryParameters query);

  /** {@code /v1/executions/{id}}. */
  void execution(Exchange exchange, ExecutionId id);
}
