package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.CopyOrder;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * Data that the gateway has this node fetch ahead of calls, because those who hold it have too much
 * to do. It is checked and bounded as what a call fetches, and announced as a copy; the gateway
 * says when it is not needed any more. What the owner keeps is no copy.
 */
public final class Copies {
  /** Copies that are fetched at once; calls that fetch go beside them. */
  static final int MAX_COPIES = 2;

  /** The time of one copy, whatever the gateway allows. */
  static final Duration MAX_COPY_TIME = Duration.ofMinutes(5);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final LocalData data;
  private final Inputs inputs;
  private final Sources sources;
  private final RunningInvocations running;
  private final BooleanSupplier stopping;
  private final Semaphore places = new Semaphore(MAX_COPIES);

  Copies(
      LocalData data,
      Inputs inputs,
      Sources sources,
      RunningInvocations running,
      BooleanSupplier stopping) {
    this.data = data;
    this.inputs = inputs;
    this.sources = sources;
    this.running = running;
    this.stopping = stopping;
  }

  /**
   * Fetches a DAG.
   *
   * @return bytes that travelled; 0 when it was here
   * @throws LimpetException {@code overloaded} when enough are fetched already, and what a fetch
   *     for a call throws
   * @throws dev.limpet.content.block.QuotaExceededException when there is no room for it
   */
  public long fetch(Cid root, CopyOrder order) {
    data.requireCopyRoom(order.maxBytes());
    if (!places.tryAcquire()) {
      throw busy("this node fetches " + MAX_COPIES + " copies at once already");
    }
    try {
      Duration time = Duration.ofMillis(Math.min(order.timeoutMs(), MAX_COPY_TIME.toMillis()));
      FetchMeter meter = new FetchMeter(order.maxBytes());
      inputs.copy(
          new DataFetch.Order(
              new DataRef(root, List.of()), sources.of(order), Deadline.in(time), stopping, meter));
      return meter.bytes();
    } finally {
      places.release();
    }
  }

  /**
   * Drops a copy.
   *
   * @throws LimpetException {@code data-not-found} when it is none, {@code overloaded} while a call
   *     reads it
   */
  public void drop(Cid root) {
    if (running.read(root.toV1())) {
      throw busy("a call reads this copy");
    }
    if (!data.dropCopy(root)) {
      throw new LimpetException(
          ErrorCode.DATA_NOT_FOUND, "this node has no copy of " + root + " for the gateway");
    }
  }

  private static LimpetException busy(String why) {
    return new LimpetException(
        Problem.of(ErrorCode.OVERLOADED, why + "; try again").withRetryAfter(RETRY_AFTER));
  }
}
