package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.invoke.Copies;
import dev.limpet.node.store.Holdings;
import dev.limpet.protocol.CopiedDag;
import dev.limpet.protocol.CopyOrder;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.access.BodyRule;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT|DELETE /v1/copies/{cid}}: the gateway has this node fetch data ahead of calls, and
 * drop it again.
 */
public final class CopiesResource implements Resource {
  private static final List<String> AT = List.of("v1", "copies");

  private final Copies copies;
  private final Holdings holdings;

  /** Fetches and drops with these. */
  public CopiesResource(Copies copies, Holdings holdings) {
    this.copies = copies;
    this.holdings = holdings;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource && resource.isIn(AT);
  }

  @Override
  public Need need() {
    return Need.LINK;
  }

  @Override
  public @Nullable String action(String method, RequestTarget target) {
    return switch (method) {
      case "PUT" -> "copy";
      case "DELETE" -> "drop-copy";
      default -> null;
    };
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    if (!(exchange.target() instanceof RequestTarget.Resource target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    exchange.allow("PUT", "DELETE");
    target.query().onlyKnown(List.of());
    Cid root = DataRef.parse(target.segments().getLast()).root();
    if (exchange.method().equals("PUT")) {
      BodyRule.check(exchange::lines, List.of(Json.MEDIA_TYPE));
      byte[] body = exchange.body(CopyOrder.MAX_JSON_BYTES).readAllBytes();
      CopyOrder order = Json.read(CopyOrder.class, body, CopyOrder.MAX_JSON_BYTES);
      long bytes = copies.fetch(root, order);
      DagsResource.awaitTold(holdings);
      exchange.acted(root.toString(), bytes + " bytes fetched");
      exchange.answerJson(200, new CopiedDag(root, bytes));
    } else {
      copies.drop(root);
      DagsResource.awaitTold(holdings);
      exchange.acted(root.toString(), "");
      exchange.answerEmpty(204);
    }
  }
}
