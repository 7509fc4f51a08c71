package dev.limpet.gateway.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.HolderInfo;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.Comparator;
import java.util.List;

/**
 * {@code /v1/holders/{cid}}: who announced a DAG, and whether they have shown that they have it.
 */
final class HoldersResource implements Resource {
  private final Services services;
  private final Door door;

  HoldersResource(Services services, Door door) {
    this.services = services;
    this.door = door;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.size() == 1 ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    door.inspect(exchange.headers());
    Paging paging = Paging.of(query);
    Cid cid = Cids.parse(rest.getFirst());
    exchange.answer(services.prover().proveAll(List.of(cid)), _ -> list(exchange, cid, paging));
  }

  private void list(Exchange exchange, Cid cid, Paging paging) {
    String after = paging.cursor() == null ? "" : paging.cursor();
    List<Holder> all = services.holders().holders(cid);
    if (all.isEmpty()) {
      throw new LimpetException(ErrorCode.DATA_NOT_FOUND, "no node ever announced " + cid);
    }
    List<Holder> found =
        all.stream()
            .filter(holder -> holder.node().name().compareTo(after) > 0)
            .sorted(Comparator.comparing(holder -> holder.node().name()))
            .limit(paging.wanted())
            .toList();
    exchange.page(
        HolderInfo.class, paging.page(found, Holder::toInfo, holder -> holder.node().name()));
  }
}
