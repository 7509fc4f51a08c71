package dev.limpet.gateway.http;

import dev.limpet.gateway.proxy.RequestBody;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** Gathers a body that must be whole before anything can be done with it. */
final class BodyReader {
  /** How long the body of a management request may take; a module of 8 MiB at 140 kB/s. */
  static final Duration MAX_BODY_TIME = Duration.ofSeconds(60);

  private final Exchange exchange;
  private final int maxBytes;
  private final Promise<Buffer> whole = Promise.promise();
  private final Buffer gathered = Buffer.buffer();

  BodyReader(Exchange exchange, int maxBytes) {
    this.exchange = exchange;
    this.maxBytes = maxBytes;
  }

  Future<Buffer> read() {
    RequestBody body = exchange.body();
    if (body.declaredLength() > maxBytes) {
      return Future.failedFuture(tooLarge());
    }
    long timer = exchange.vertx().setTimer(MAX_BODY_TIME.toMillis(), _ -> whole.tryFail(tooSlow()));
    body.onFault(fault -> whole.tryFail(failure(fault)));
    body.read(this::gather, _ -> whole.tryComplete(gathered));
    return whole.future().onComplete(_ -> exchange.vertx().cancelTimer(timer));
  }

  private void gather(Buffer data) {
    if (whole.future().isComplete()) {
      return;
    }
    if (gathered.length() + data.length() > maxBytes) {
      whole.tryFail(tooLarge());
    } else {
      gathered.appendBuffer(data);
    }
  }

  private LimpetException failure(RequestBody.Fault fault) {
    return switch (fault) {
      case CALLER_GONE ->
          new LimpetException(ErrorCode.BAD_REQUEST, "the body broke off before its end");
      case TOO_LARGE -> tooLarge();
    };
  }

  private LimpetException tooLarge() {
    return new LimpetException(
        ErrorCode.BODY_TOO_LARGE,
        "this resource reads a body of at most " + ByteSizes.format(maxBytes));
  }

  private static LimpetException tooSlow() {
    return new LimpetException(
        ErrorCode.OUT_OF_TIME,
        "the body took longer than " + MAX_BODY_TIME.toSeconds() + " seconds to arrive");
  }
}
