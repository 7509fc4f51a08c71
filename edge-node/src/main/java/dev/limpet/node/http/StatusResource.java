package dev.limpet.node.http;

import dev.limpet.protocol.NodeStatus;
import dev.limpet.protocol.RequestTarget;
import java.util.List;
import java.util.function.Supplier;

/** {@code GET /v1/node}: the node about itself. */
public final class StatusResource implements Resource {
  private static final List<String> AT = List.of("v1", "node");

  private final Supplier<NodeStatus> status;

  /** Shows this. */
  public StatusResource(Supplier<NodeStatus> status) {
    this.status = status;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource && resource.segments().equals(AT);
  }

  @Override
  public Need need() {
    return Need.MANAGE;
  }

  @Override
  public void handle(Exchange exchange) {
    exchange.allow("GET", "HEAD");
    exchange.answerJson(200, status.get());
  }
}
