package dev.limpet.node.http;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.node.metrics.NodeMetrics;
import dev.limpet.node.store.Holdings;
import dev.limpet.node.store.KeptDags;
import dev.limpet.protocol.AddedDag;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.access.BodyRule;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.micrometer.core.instrument.Counter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/dags}: one DAG as a CAR. It is answered when the DAG is whole, pinned, on the
 * disk, and known to the gateway, as far as that does not take long.
 */
public final class DagsResource implements Resource {
  /** The media type of a CAR. */
  static final String CAR = "application/vnd.ipld.car";

  /** Uploads at the same time: each remembers the blocks that it has named. */
  static final int MAX_UPLOADS = 8;

  /** How long an answer waits until the gateway knows; it learns it in any case. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int BUFFER_BYTES = 64 << 10;
  private static final List<String> AT = List.of("v1", "dags");
  private static final HeaderName DAG_SIZE = HeaderNames.create(Headers.DAG_SIZE);
  private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");

  private final KeptDags kept;
  private final Holdings holdings;
  private final Counter dags;
  private final Counter bytes;
  private final Semaphore uploads = new Semaphore(MAX_UPLOADS);

  /** Adds to these. */
  public DagsResource(KeptDags kept, Holdings holdings, NodeMetrics metrics) {
    this.kept = kept;
    this.holdings = holdings;
    metrics.gauge(
        "limpet_node_uploads", "Uploads under way", () -> MAX_UPLOADS - uploads.availablePermits());
    this.dags = metrics.counter("limpet_node_dags_added", "DAGs that were added");
    this.bytes = metrics.counter("limpet_node_bytes_added", "Bytes of blocks that were added");
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
  public @Nullable String action(String method, RequestTarget target) {
    return method.equals("POST") ? "add" : null;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    exchange.allow("POST");
    BodyRule.check(exchange::lines, List.of(CAR));
    kept.requireRoom(statedSize(exchange));
    if (!uploads.tryAcquire()) {
      throw new LimpetException(
          Problem.of(
                  ErrorCode.OVERLOADED,
                  "this node takes " + MAX_UPLOADS + " uploads at once; try again")
              .withRetryAfter(NodeServer.RETRY_AFTER));
    }
    AddedDag added;
    try {
      added = add(exchange.body(NodeServer.MAX_PAYLOAD_BYTES));
    } finally {
      uploads.release();
    }
    dags.increment();
    bytes.increment((double) added.dagSize());
    awaitTold(holdings);
    exchange.acted(added.root().toString(), added.dagSize() + " bytes");
    exchange.set(HeaderNames.LOCATION, "/ipfs/" + added.root());
    exchange.answerJson(201, added);
  }

  private static long statedSize(Exchange exchange) {
    String stated = exchange.header(DAG_SIZE);
    if (stated == null) {
      return 0;
    }
    if (!SIZE.matcher(stated).matches()) {
      throw new LimpetException(
          ErrorCode.BAD_HEADER, Headers.DAG_SIZE + " is a number of bytes, such as 1048576");
    }
    return Long.parseLong(stated);
  }

  private AddedDag add(InputStream body) throws IOException {
    try {
      return kept.add(new BufferedInputStream(body, BUFFER_BYTES));
    } catch (ContentLimitException e) {
      throw new LimpetException(ErrorCode.BAD_CAR, e.getMessage(), e);
    } catch (HashMismatchException e) {
      throw new LimpetException(ErrorCode.BAD_BLOCK, e.getMessage(), e);
    }
  }

  /** Waits a moment until the gateway knows what has changed, if there is one that listens. */
  public static void awaitTold(Holdings holdings) {
    try {
      boolean _ = holdings.awaitTold(PATIENCE); // it is told in any case
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    }
  }
}
