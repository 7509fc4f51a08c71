package dev.limpet.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The body of a caller's request: paused from the first moment, and kept while it is small, so that
 * it can be sent a second time.
 *
 * <p>Invariants. The handlers of the request are set once, here, before anything asynchronous
 * happens: a server may deliver the end of an empty body although it is paused. At most {@link
 * #MAX_REPLAY_BYTES} are ever kept; a body of known length up to that is read whole before the
 * first attempt ({@link #prepare}), so a slow writer holds no connection to a node; a longer or
 * chunked one streams, and whoever reads it sets the pace. Whether a request of HTTP/2 without a
 * length has a body is known when the frame behind its head has come: {@link #begun}. All methods
 * run on the event loop of the request.
 */
public final class RequestBody {
  /**
   * What is kept of a body for a second try (house rule: 64 KiB); times the bound on concurrent
   * calls it is the memory that bodies may hold.
   */
  public static final int MAX_REPLAY_BYTES = 64 * 1024;

  /** What is read of a body after its answer, to keep the connection; more is not worth it. */
  public static final long MAX_DRAINED_BYTES = 256 * 1024;

  /** How long that may take. */
  public static final Duration MAX_DRAIN_TIME = Duration.ofSeconds(2);

  /**
   * A body goes on in parts of this size, a connection's largest read: each part is a write of its
   * own.
   */
  public static final int PART_BYTES = 64 * 1024;

  /** Why a body came to an end that is not its own. */
  public enum Fault {
    /** The caller closed its connection or sent what is no body. */
    CALLER_GONE,
    /** More bytes than the listener takes. */
    TOO_LARGE
  }

  /** RFC 9113, section 8.1: the answer is whole, and no more of the request is wanted. */
  private static final long NO_ERROR = 0;

  /** Not to be changed: what comes is put into another one. */
  private static final Buffer NOTHING = Buffer.buffer();

  private final HttpServerRequest request;
  private final boolean isStream;
  private long declared;
  private final long maxBytes;
  private long received;
  private @Nullable Buffer kept = NOTHING;
  private int mostKept = MAX_REPLAY_BYTES;
  private boolean outlivesAnswer;
  private boolean started;
  private boolean ended;
  private @Nullable Fault fault;
  private Handler<Fault> faultHandler = _ -> {};
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private Runnable whenRead = () -> {};

  /**
   * Takes the body of {@code request} and pauses it; must be the first thing done with a request.
   *
   * @param maxBytes more than this is {@link Fault#TOO_LARGE}
   */
  public RequestBody(HttpServerRequest request, long maxBytes) {
    this.request = request;
    this.maxBytes = maxBytes;
    this.isStream = request.version() == HttpVersion.HTTP_2;
    this.declared = declaredLength(request, isStream);
    if (declared == 0 && !isStream) {
      ended = true; // with its head: there is nothing to wait for
      return;
    }
    if (declared != 0) {
      request.pause();
    }
    request.handler(this::receive);
    request.endHandler(_ -> end());
    request.exceptionHandler(_ -> fail(Fault.CALLER_GONE));
  }

  /**
   * Runs {@code then} when it is known whether there is a body: at once, or for a request of HTTP/2
   * that has no length when the frames that came together with its head have been seen.
   */
  public void begun(Vertx vertx, Runnable then) {
    if (!isStream || declared >= 0) {
      then.run();
      return;
    }
    request.fetch(1); // the end that belongs to the head, or a frame of at most 16 KiB, is kept
    vertx.runOnContext(
        _ -> {
          if (ended) {
            declared = 0;
          }
          then.run();
        });
  }

  private static long declaredLength(HttpServerRequest request, boolean isStream) {
    if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
      return -1;
    }
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return isStream ? -1 : 0;
    }
    return Long.parseLong(length.trim());
  }

  /** Bytes that the caller said it sends; -1 when it did not say, 0 without a body. */
  public long declaredLength() {
    return declared;
  }

  /** Whether the caller said more than the listener takes, so that nothing need be read. */
  public boolean isDeclaredTooLarge() {
    return declared > maxBytes;
  }

  /** Bytes received so far. */
  public long received() {
    return received;
  }

  /** Whether all of it has been read from the caller. */
  public boolean isEnded() {
    return ended;
  }

  /** Runs {@code then} when all of it has been read, at once when it has; one may ask. */
  public void whenRead(Runnable then) {
    whenRead = then;
    if (ended) {
      then.run();
    }
  }

  /** Whether no byte of it has been asked for yet, so that any node may still be sent all of it. */
  public boolean isUntouched() {
    return !started;
  }

  /** Whether all of it is in memory, or there is none. */
  public boolean isReplayable() {
    return declared == 0 || (ended && kept != null);
  }

  /** Called at most once, when the caller goes or sends too much while the body is being read. */
  public void onFault(Handler<Fault> handler) {
    this.faultHandler = handler;
    if (fault != null) {
      handler.handle(fault);
    }
  }

  /**
   * Makes the body ready for a first attempt: a short one of known length is read whole. Fails only
   * through {@link #onFault}.
   */
  public Future<Void> prepare() {
    if (declared <= 0 || declared > MAX_REPLAY_BYTES || ended) {
      return Future.succeededFuture();
    }
    Promise<Void> whole = Promise.promise();
    endHandler = _ -> whole.complete();
    begin();
    return whole.future();
  }

  /**
   * Reads all of it and keeps it beyond the answer that comes first, for work that is done after
   * it. Fails only through {@link #onFault}.
   *
   * @param maxBytes more is {@link Fault#TOO_LARGE}
   */
  public Future<Void> keepWhole(int maxBytes) {
    mostKept = maxBytes;
    outlivesAnswer = true;
    if (ended) {
      return Future.succeededFuture();
    }
    Promise<Void> whole = Promise.promise();
    if (declared > maxBytes) {
      fail(Fault.TOO_LARGE);
      return whole.future();
    }
    handler = _ -> tooLargeWhen(kept == null);
    endHandler = _ -> whole.complete();
    begin();
    return whole.future();
  }

  private void tooLargeWhen(boolean tooLarge) {
    if (tooLarge) {
      fail(Fault.TOO_LARGE);
    }
  }

  /** Bytes of it: as the caller said, or as they came when it has ended; -1 before that. */
  public long length() {
    return ended ? received : declared;
  }

  /**
   * Sends the body with {@code upstream}; a second call sends what was kept. A connection that
   * breaks meanwhile shows in the answer of {@code upstream}, not here.
   */
  public void sendTo(HttpClientRequest upstream) {
    if (isReplayable()) {
      Buffer whole = kept;
      if (whole == null || whole.length() == 0) {
        upstream.end();
      } else {
        upstream.end(whole);
      }
      return;
    }
    if (declared < 0) {
      upstream.setChunked(true);
    }
    upstream.writeHead();
    handler = data -> forward(data, upstream);
    endHandler = _ -> upstream.end();
    begin();
  }

  /** Gives the body to these handlers as it comes; nothing of it is kept. */
  public void read(Handler<Buffer> data, Handler<Void> end) {
    handler = data;
    endHandler = end;
    if (ended) {
      kept = null;
      end.handle(null);
    } else {
      begin();
      kept = null;
    }
  }

  private void forward(Buffer data, HttpClientRequest upstream) {
    upstream.write(data);
    if (upstream.writeQueueFull()) {
      request.pause();
      upstream.drainHandler(_ -> request.resume());
    }
  }

  /** Stops sending: the node that it went to is gone. */
  public void detach() {
    handler = null;
    endHandler = null;
    if (!ended) {
      request.pause();
    }
  }

  /**
   * After the answer: reads what is left of the body, so that the caller comes to read the answer
   * and the connection can be used again; closes it when too much is left. Closing at once would
   * make the kernel drop the answer with a reset. A stream of HTTP/2 ends alone, when its answer is
   * {@code written}.
   */
  public void drain(Vertx vertx, Future<Void> written) {
    handler = null;
    endHandler = null;
    if (ended && outlivesAnswer) {
      outlivesAnswer = false; // the transfer that needs it comes here once more
      return;
    }
    kept = null;
    if (ended || declared == 0) { // what has no body is over, though its end may not be seen yet
      return;
    }
    if (!started && expectsContinue()) {
      close(written);
      return;
    }
    long before = received;
    handler = _ -> closeWhen(received - before > MAX_DRAINED_BYTES, written);
    vertx.setTimer(MAX_DRAIN_TIME.toMillis(), _ -> closeWhen(!ended, written));
    request.resume();
  }

  private void closeWhen(boolean enough, Future<Void> written) {
    if (enough) {
      close(written);
    }
  }

  private void close(Future<Void> written) {
    if (isStream) {
      written.onComplete(_ -> request.response().reset(NO_ERROR));
    } else {
      request.connection().close();
    }
  }

  private boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
  }

  private void begin() {
    if (!started && expectsContinue()) {
      request.response().writeContinue();
    }
    started = true;
    Handler<Buffer> reader = handler;
    Buffer early = kept;
    if (received > 0 && reader != null && early != null) {
      reader.handle(early.copy());
    }
    request.resume();
  }

  private void receive(Buffer data) {
    received += data.length();
    if (received > maxBytes) {
      fail(Fault.TOO_LARGE);
      return;
    }
    if (kept != null) {
      kept = Math.max(declared, received) > mostKept ? null : joined(kept, data);
    }
    if (handler != null) {
      handler.handle(data);
    }
  }

  private Buffer joined(Buffer before, Buffer data) {
    if (before.length() > 0) {
      return before.appendBuffer(data);
    }
    return data.length() == declared
        ? data
        : Buffer.buffer((int) Math.max(0, declared)).appendBuffer(data);
  }

  private void end() {
    ended = true;
    if (endHandler != null) {
      endHandler.handle(null);
    }
    whenRead.run();
  }

  private void fail(Fault what) {
    if (fault != null || ended) {
      return;
    }
    fault = what;
    handler = null;
    kept = null;
    faultHandler.handle(what);
  }
}
