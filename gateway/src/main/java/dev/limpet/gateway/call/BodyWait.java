package dev.limpet.gateway.call;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
    Promise<Void> whole = Promise.promise();
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
    return asked.inTime(whole, "its body was here");
  }
}
