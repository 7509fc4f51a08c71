package dev.limpet.node.http;

import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.Holdings;
import dev.limpet.node.store.KeptDags;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.PinInfo;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.RequestTarget;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/pins} and {@code PUT|DELETE /v1/pins/{cid}}: what the owner keeps. A pin may have
 * a {@code name}, and {@code kind=direct} keeps the block alone.
 */
public final class PinsResource implements Resource {
  private static final List<String> AT = List.of("v1", "pins");
  private static final String NAME = "name";
  private static final String KIND = "kind";
  private static final Comparator<Pin> BY_CID =
      Comparator.comparing(pin -> pin.root().toV1().toString());

  private final KeptDags kept;
  private final Holdings holdings;

  /** The pins of these. */
  public PinsResource(KeptDags kept, Holdings holdings) {
    this.kept = kept;
    this.holdings = holdings;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && (resource.segments().equals(AT) || resource.isIn(AT));
  }

  @Override
  public Need need() {
    return Need.MANAGE;
  }

  @Override
  public @Nullable String action(String method, RequestTarget target) {
    return switch (method) {
      case "PUT" -> "pin";
      case "DELETE" -> "unpin";
      default -> null;
    };
  }

  @Override
  public void handle(Exchange exchange) {
    if (!(exchange.target() instanceof RequestTarget.Resource target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    if (target.segments().size() == AT.size()) {
      exchange.allow("GET", "HEAD");
      target.query().onlyKnown(List.of(Paging.LIMIT, Paging.CURSOR));
      exchange.answerPage(PinInfo.class, page(Paging.of(target.query(), Page.MAX_LIMIT)));
      return;
    }
    exchange.allow("PUT", "DELETE");
    target.query().onlyKnown(exchange.method().equals("PUT") ? List.of(NAME, KIND) : List.of());
    Cid cid = root(target.segments().getLast());
    if (exchange.method().equals("PUT")) {
      Pin pin = pin(cid, target.query());
      DagsResource.awaitTold(holdings);
      exchange.answerJson(200, info(pin));
    } else {
      unpin(cid);
      DagsResource.awaitTold(holdings);
      exchange.answerEmpty(204);
    }
  }

  private Pin pin(Cid cid, QueryParameters query) {
    String name = query.one(NAME).orElse("");
    return switch (kind(query)) {
      case RECURSIVE -> kept.pin(cid, name);
      case DIRECT -> kept.pinDirect(cid, name);
    };
  }

  private static PinKind kind(QueryParameters query) {
    try {
      return PinKind.of(query.one(KIND).orElse(PinKind.RECURSIVE.text()));
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_QUERY, "a pin is recursive or direct", e);
    }
  }

  private void unpin(Cid cid) {
    if (!kept.unpin(cid)) {
      throw new LimpetException(ErrorCode.DATA_NOT_FOUND, "this node has no pin of " + cid);
    }
  }

  private static Cid root(String segment) {
    DataRef ref = DataRef.parse(segment);
    return ref.root();
  }

  /** In the order of the CIDs, so that a page does not depend on what comes and goes before it. */
  private Page<PinInfo> page(Paging paging) {
    String after = paging.cursor() == null ? "" : paging.cursor();
    List<Pin> found =
        kept.pins().stream()
            .sorted(BY_CID)
            .filter(pin -> pin.root().toV1().toString().compareTo(after) > 0)
            .limit(paging.limit() + 1L)
            .toList();
    boolean more = found.size() > paging.limit();
    List<Pin> shown = more ? found.subList(0, paging.limit()) : found;
    @Nullable String next = more ? shown.getLast().root().toV1().toString() : null;
    return new Page<>(shown.stream().map(this::info).toList(), next);
  }

  private PinInfo info(Pin pin) {
    return new PinInfo(
        pin.root(),
        pin.name(),
        pin.since(),
        pin.kind().text(),
        pin.size(),
        pin.dagSize(),
        kept.isWhole(pin));
  }
}
