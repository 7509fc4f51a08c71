package dev.limpet.node.http;

import dev.limpet.content.block.ContentException;
import dev.limpet.node.store.Collector;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.CollectedInfo;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/store} and {@code POST /v1/store/gc}: the store itself. */
public final class StoreResource implements Resource {
  private static final List<String> AT = List.of("v1", "store");
  private static final List<String> COLLECT = List.of("v1", "store", "gc");

  private final NodeStore store;

  /** Of this store. */
  public StoreResource(NodeStore store) {
    this.store = store;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && (resource.segments().equals(AT) || resource.segments().equals(COLLECT));
  }

  @Override
  public Need need() {
    return Need.MANAGE;
  }

  @Override
  public @Nullable String action(String method, RequestTarget target) {
    return method.equals("POST") ? "store-gc" : null;
  }

  @Override
  public void handle(Exchange exchange) {
    boolean asked =
        exchange.target() instanceof RequestTarget.Resource target && target.segments().equals(AT);
    if (asked) {
      exchange.allow("GET", "HEAD");
      exchange.answerJson(200, store.info());
      return;
    }
    exchange.allow("POST");
    try {
      Collector.Collected collected = store.collect();
      exchange.answerJson(200, new CollectedInfo(collected.blocks(), collected.bytes()));
    } catch (CancellationException e) {
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } catch (ContentException e) {
      throw new LimpetException(
          ErrorCode.STORE_FAILED,
          "nothing was collected: " + e.getMessage() + "; add the damaged data again",
          e);
    }
  }
}
