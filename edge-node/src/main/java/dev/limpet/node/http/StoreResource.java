package dev.limpet.node.http;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.Collector;
import dev.limpet.node.store.NodeStore;
import dev.limpet.node.store.StoreCheck;
import dev.limpet.node.store.Verifier;
import dev.limpet.protocol.CollectedInfo;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.StoreCheckInfo;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/store}, {@code POST /v1/store/gc}, and {@code GET} and {@code POST
 * /v1/store/verify}: the store itself.
 */
public final class StoreResource implements Resource {
  private static final List<String> AT = List.of("v1", "store");
  private static final List<String> COLLECT = List.of("v1", "store", "gc");
  private static final List<String> VERIFY = List.of("v1", "store", "verify");
  private static final List<List<String>> SERVED = List.of(AT, COLLECT, VERIFY);

  private final NodeStore store;

  /** Of this store. */
  public StoreResource(NodeStore store) {
    this.store = store;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && SERVED.contains(resource.segments());
  }

  @Override
  public Need need() {
    return Need.MANAGE;
  }

  @Override
  public @Nullable String action(String method, RequestTarget target) {
    if (!method.equals("POST")) {
      return null;
    }
    return segments(target).equals(VERIFY) ? "store-verify" : "store-gc";
  }

  private static List<String> segments(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource ? resource.segments() : List.of();
  }

  @Override
  public void handle(Exchange exchange) {
    List<String> asked = segments(exchange.target());
    if (asked.equals(AT)) {
      exchange.allow("GET", "HEAD");
      exchange.answerJson(200, store.info());
    } else if (asked.equals(VERIFY)) {
      verify(exchange);
    } else {
      collect(exchange);
    }
  }

  /** It takes as long as reading the disk, so that it is begun, and asked for later. */
  private void verify(Exchange exchange) {
    exchange.allow("GET", "HEAD", "POST");
    boolean begins = exchange.method().equals("POST");
    Verifier.State state = begins ? store.verifier().begin() : store.verifier().state();
    exchange.answerJson(begins ? 202 : 200, info(state));
  }

  private StoreCheckInfo info(Verifier.State state) {
    return switch (state) {
      case Verifier.State.None _ -> info("none", "", 0);
      case Verifier.State.Running running -> info("running", "", running.bytes());
      case Verifier.State.Failed failed -> info("failed", failed.reason(), 0);
      case Verifier.State.Done(StoreCheck check) ->
          new StoreCheckInfo(
              "done",
              "",
              check.blocks(),
              check.bytes(),
              store.storedBytes(),
              texts(check.damaged()),
              texts(check.repaired()),
              texts(check.partial()));
    };
  }

  private StoreCheckInfo info(String state, String reason, long bytes) {
    return new StoreCheckInfo(
        state, reason, 0, bytes, store.storedBytes(), List.of(), List.of(), List.of());
  }

  private static List<String> texts(List<Cid> cids) {
    return cids.stream().map(Cid::toString).toList();
  }

  private void collect(Exchange exchange) {
    exchange.allow("POST");
    try {
      Collector.Collected collected = store.collect();
      exchange.answerJson(200, new CollectedInfo(collected.blocks(), collected.bytes()));
    } catch (CancellationException e) {
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } catch (ContentException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, Collector.nothing(e), e);
    }
  }
}
