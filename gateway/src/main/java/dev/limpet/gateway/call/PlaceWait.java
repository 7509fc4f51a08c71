package dev.limpet.gateway.call;

import dev.limpet.gateway.admission.NodeGate;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call that waits for a place at a node: until there is one, its time is over, or its caller
 * goes, whichever is first. The place may come from any thread; the rest is on the call's event
 * loop.
 */
final class PlaceWait implements NodeGate.Waiting {
  private final AskedCall asked;
  private final Choice choice;
  private final NodeGate gate;
  private final Vertx vertx;
  private final Context context;
  private final Promise<Choice> place = Promise.promise();
  private final AtomicBoolean over = new AtomicBoolean();
  private long timer = -1;

  PlaceWait(AskedCall asked, Choice choice) {
    this.asked = asked;
    this.choice = choice;
    this.gate = choice.node().gate();
    this.vertx = asked.exchange().vertx();
    this.context = vertx.getOrCreateContext();
  }

  /**
   * Begins to wait.
   *
   * @throws LimpetException {@code overloaded} when that would be in vain
   */
  void begin() {
    gate.await(this);
    // Only now, since most who are refused wait for nothing; a place that came meanwhile is told to
    // this event loop, and so behind this.
    long millis = Math.clamp(asked.remainingMillis(), 1, NodeGate.MAX_WAIT.toMillis());
    timer = vertx.setTimer(millis, _ -> tooLong(Duration.ofMillis(millis)));
    if (!asked.async()) {
      asked.exchange().outlet().whenGone(() -> callerGone());
    }
  }

  /** The choice whose place is taken. */
  Future<Choice> place() {
    return place.future();
  }

  @Override
  public boolean take() {
    if (!over.compareAndSet(false, true)) {
      return false;
    }
    context.runOnContext(
        _ -> {
          vertx.cancelTimer(timer);
          place.complete(choice);
        });
    return true;
  }

  private void tooLong(Duration waited) {
    if (over.compareAndSet(false, true)) {
      boolean _ = gate.giveUp(this, waited);
      place.fail(NodeGate.overloaded(gate.expectedNanos()));
    }
  }

  private void callerGone() {
    if (over.compareAndSet(false, true)) {
      boolean _ = gate.forget(this);
      vertx.cancelTimer(timer);
      place.fail(new LimpetException(ErrorCode.CANCELLED, "the caller went away"));
    }
  }
}
