package dev.limpet.gateway.call;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** Waits for the body of a call, within the time of the call. */
final class BodyWait {
  private BodyWait() {}

  /**
   * Completes with {@code reading}. Fails with {@code bad-request} when the body breaks off, and
   * with {@code out-of-time} when the time of the call is over before it is here.
   *
   * @param tooLarge what a body fails with that is longer than it may be
   */
  static Future<Void> of(
      AskedCall asked, Future<Void> reading, Supplier<LimpetException> tooLarge) {
    Vertx vertx = asked.exchange().vertx();
    Promise<Void> whole = Promise.promise();
    long timer =
        vertx.setTimer(Math.max(1, asked.remainingMillis()), _ -> whole.tryFail(tooSlow()));
    asked
        .exchange()
        .body()
        .onFault(
            fault ->
                whole.tryFail(
                    switch (fault) {
                      case CALLER_GONE ->
                          new LimpetException(ErrorCode.BAD_REQUEST, "the body broke off");
                      case TOO_LARGE -> tooLarge.get();
                    }));
    reading.onSuccess(_ -> whole.tryComplete());
    return whole.future().onComplete(_ -> vertx.cancelTimer(timer));
  }

  private static LimpetException tooSlow() {
    return new LimpetException(
        ErrorCode.OUT_OF_TIME, "the time for this call was over before its body was here");
  }
}
