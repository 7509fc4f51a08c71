package dev.limpet.gateway.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** {@code /v1/receipts}, {@code /v1/receipts/{cid}}: which there are, and what proves one. */
final class ReceiptsResource implements Resource {
  private static final String PROOF = "proof";
  private static final String DSSE = "dsse";

  private final Receipts receipts;

  ReceiptsResource(Receipts receipts) {
    this.receipts = receipts;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.size() <= 1 ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    if (rest.isEmpty()) {
      receipts.list(exchange, query);
      return;
    }
    query.onlyKnown(List.of("format", "node"));
    String format = query.one("format").orElse(PROOF);
    if (!format.equals(PROOF) && !format.equals(DSSE)) {
      throw new LimpetException(ErrorCode.BAD_QUERY, "format is " + PROOF + " or " + DSSE);
    }
    receipts.receipt(
        exchange,
        new Receipts.Wanted(
            Cids.parse(rest.getFirst()).toV1(),
            format.equals(DSSE),
            query.one("node").orElse(null)));
  }
}
