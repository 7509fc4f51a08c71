package dev.limpet.gateway.proxy;

import dev.limpet.gateway.proxy.Route.Ending;
import dev.limpet.gateway.proxy.Route.Failure;
import dev.limpet.protocol.BoundedLog;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries one request to a node and the answer back.
 *
 * <p>Invariants. Everything runs on the event loop of the caller's connection, so there are no
 * locks; what comes late, of an attempt that was given up, is told by its number and dropped. Until
 * the first byte of an answer is written the caller can still be told what went wrong; after it the
 * only honest end of a broken answer is a cut connection. There are four ways to break: the caller
 * goes (the node's request is reset, and its work abandoned), the node goes before its answer
 * ({@link RetryRule} decides), the node goes in the middle of it (the caller's connection is cut),
 * the deadline passes (both). Each ends in {@link #finish}, once.
 */
public final class Transfer {
  private static final System.Logger LOG = System.getLogger(Transfer.class.getName());

  /** A refusal of at most 9999 bytes is read rather than reset. */
  private static final int SHORT_LENGTH_DIGITS = 4;

  private final Vertx vertx;
  private final HttpClient client;
  private final BoundedLog cuts;
  private final Limits limits;
  private final Outlet out;
  private final RequestBody body;
  private final Route route;

  private int attempt;
  private boolean repeated;
  private boolean finished;
  private long timer = -1;
  private @Nullable Outbound target;
  private @Nullable HttpClientRequest upstream;
  private @Nullable Relay relay;

  /**
   * What bounds a transfer in time.
   *
   * @param connect for making a connection to a node
   * @param idle without a byte in either direction, after which the node's connection is dropped;
   *     null where {@code total} ends it anyway
   * @param total for everything until the node's last byte; null means only {@code idle} counts
   * @param toFirstByte whether {@code total} is over with the first byte of the answer instead
   */
  public record Limits(
      Duration connect, @Nullable Duration idle, @Nullable Duration total, boolean toFirstByte) {}

  /**
   * What a transfer runs on.
   *
   * @param vertx for timers
   * @param client reaches nodes from the event loop that the transfer runs on
   * @param cuts is told why answers were cut
   */
  public record Ground(Vertx vertx, HttpClient client, BoundedLog cuts) {}

  /** Prepares a transfer; {@link #start} begins it. */
  public Transfer(Ground ground, Limits limits, Outlet out, RequestBody body, Route route) {
    this.vertx = ground.vertx;
    this.client = ground.client;
    this.cuts = ground.cuts;
    this.limits = limits;
    this.out = out;
    this.body = body;
    this.route = route;
  }

  /** Begins, and never throws; the route hears how it ends. */
  public void start() {
    try {
      begin();
    } catch (RuntimeException e) {
      mistake(e);
    }
  }

  private void begin() {
    if (out.isGone()) {
      finish(Ending.CALLER_GONE);
      return;
    }
    out.whenGone(this::callerGone);
    body.onFault(
        fault -> {
          switch (fault) {
            case CALLER_GONE -> callerGone();
            case TOO_LARGE -> giveUp(Failure.BODY_TOO_LARGE);
          }
        });
    if (limits.total != null) {
      timer = vertx.setTimer(Math.max(1, limits.total.toMillis()), _ -> giveUp(Failure.DEADLINE));
    }
    body.prepare().onSuccess(_ -> tryNext());
  }

  private void tryNext() {
    if (finished) {
      return;
    }
    int number = ++attempt;
    Outbound next;
    try {
      next = route.next();
    } catch (RuntimeException e) {
      mistake(e);
      return;
    }
    target = next;
    upstream = null;
    try {
      client.request(options(next)).onComplete(made -> connected(number, next, made));
    } catch (IllegalStateException e) { // the client is closed: this process is stopping
      giveUp(Failure.BROKEN);
    } catch (RuntimeException e) {
      mistake(e);
    }
  }

  private RequestOptions options(Outbound to) {
    RequestOptions options = to.options().setConnectTimeout(limits.connect.toMillis());
    if (limits.idle != null) {
      options.setIdleTimeout(limits.idle.toMillis());
    }
    return options;
  }

  private void connected(int number, Outbound to, AsyncResult<HttpClientRequest> made) {
    if (isLate(number)) {
      if (made.succeeded()) {
        made.result().reset();
      }
      return;
    }
    if (made.failed()) {
      to.to().failed(made.cause());
      lost(RetryRule.Reached.NOTHING);
      return;
    }
    HttpClientRequest ready = made.result();
    upstream = ready;
    to.to().connected(ready);
    try {
      writeHeaders(to, ready);
      ready.exceptionHandler(_ -> {}); // shows in the answer below; unhandled it would be logged
      ready.response().onComplete(answer -> answered(number, answer));
      body.sendTo(ready);
    } catch (RuntimeException e) {
      mistake(e);
    }
  }

  private void writeHeaders(Outbound to, HttpClientRequest request) {
    request.putHeader(HttpHeaders.HOST, to.to().authority());
    for (Map.Entry<String, String> line : to.headers()) {
      request.putHeader(KnownNames.of(line.getKey()), line.getValue());
    }
    if (body.declaredLength() > 0) {
      request.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(body.declaredLength()));
    }
  }

  private boolean isLate(int number) {
    return finished || number != attempt;
  }

  private void answered(int number, AsyncResult<HttpClientResponse> answer) {
    if (isLate(number)) {
      return;
    }
    try {
      if (answer.failed()) {
        lost(RetryRule.Reached.REQUEST);
      } else {
        judge(answer.result());
      }
    } catch (RuntimeException e) {
      mistake(e);
    }
  }

  private void judge(HttpClientResponse head) {
    RetryRule.Reached refusal = route.refusal(head);
    boolean next = refusal != null && mayTryNext(refusal);
    if (refusal != null && (next || !route.isShown(head))) {
      turnDown(head);
      route.lost(refusal);
      if (next) {
        again(refusal);
      } else {
        giveUp(Failure.REFUSED);
      }
      return;
    }
    Relay begun = new Relay(vertx, out, route, this::relayed, this::mistake);
    if (begun.isBeyondCaller(head)) {
      giveUp(Failure.NEEDS_HTTP_1_1);
      return;
    }
    relay = begun;
    if (limits.toFirstByte) {
      stopTimer();
    }
    begun.start(head);
  }

  /** A short refusal is read in the background, and its connection used again. */
  private void turnDown(HttpClientResponse head) {
    String length = head.getHeader("Content-Length");
    boolean isShort = length != null && length.length() <= SHORT_LENGTH_DIGITS;
    if (!isShort || !body.isReplayable()) {
      head.request().reset();
    }
  }

  /** What throws must not leave the caller waiting. */
  private void mistake(RuntimeException e) {
    if (e instanceof LimpetException) {
      giveUp(Failure.BROKEN);
      return;
    }
    LOG.log(Level.ERROR, "a transfer failed in a way that nobody thought of", e);
    giveUp(Failure.MISTAKE);
  }

  private boolean mayTryNext(RetryRule.Reached reached) {
    return route.hasNext()
        && RetryRule.mayTryNext(
            new RetryRule.Situation(
                reached, route.isRepeatable(), body.isUntouched(), body.isReplayable(), repeated))
        && route.affords(reached);
  }

  private void lost(RetryRule.Reached reached) {
    body.detach();
    route.lost(reached);
    if (mayTryNext(reached)) {
      again(reached);
    } else {
      giveUp(reached == RetryRule.Reached.NOTHING ? Failure.NOT_CONNECTED : Failure.BROKEN);
    }
  }

  private void again(RetryRule.Reached reached) {
    body.detach();
    repeated |= reached == RetryRule.Reached.REQUEST;
    tryNext();
  }

  /** The relay is over: the answer is whole, or was lost before or after its first byte. */
  private void relayed(Relay.End end) {
    if (finished) {
      return;
    }
    switch (end) {
      case WHOLE -> {
        if (!body.isEnded()) {
          dropUnfinishedRequest();
        }
        finish(Ending.WHOLE);
      }
      case LOST_UNSEEN -> {
        relay = null;
        lost(RetryRule.Reached.REQUEST);
      }
      case LOST -> {
        finished = true;
        abandon();
        cut("the node broke it off");
      }
    }
  }

  /** The node answered without reading the body, so its connection is in the middle of one. */
  private void dropUnfinishedRequest() {
    HttpClientRequest open = upstream;
    finished = true;
    body.detach();
    if (open != null) {
      open.reset();
    }
  }

  private void callerGone() {
    if (!finished) {
      finished = true;
      abandon();
      finish(Ending.CALLER_GONE);
    }
  }

  /** No answer, or no more of it: tells the caller, if it can still be told. */
  private void giveUp(Failure why) {
    if (finished) {
      return;
    }
    finished = true;
    switch (why) {
      case DEADLINE, BODY_TOO_LARGE, NEEDS_HTTP_1_1, MISTAKE -> abandon();
      case NOT_CONNECTED, BROKEN, REFUSED -> {}
    }
    if (out.hasHead()) {
      cut(reason(why));
    } else {
      Relay unseen = relay;
      if (unseen != null) {
        unseen.dropHead();
      }
      route.fail(why);
      finish(Ending.FAILED);
    }
  }

  /** The caller cannot be told any more, and looks for the reason in the log. */
  private void cut(String why) {
    out.cut();
    Outbound from = target;
    Relay over = relay;
    if (from != null && over != null) {
      cuts.say(
          Level.WARNING,
          from + ": the answer was cut after " + over.bytes() + " bytes: " + why,
          null);
    }
    finish(Ending.CUT);
  }

  private static String reason(Failure why) {
    return switch (why) {
      case DEADLINE -> "its time was over";
      case BODY_TOO_LARGE -> "the body of its request was too large";
      case NOT_CONNECTED, BROKEN, REFUSED, NEEDS_HTTP_1_1 -> "the node broke it off";
      case MISTAKE -> "a mistake of this gateway, which is above";
    };
  }

  /** Drops the node's request; only once {@link #finished} is set, since that fails its answer. */
  private void abandon() {
    HttpClientRequest open = upstream;
    Outbound where = target;
    if (open == null || where == null) {
      return;
    }
    Relay begun = relay;
    if (begun != null && body.isEnded()) {
      begun.abandon();
    } else { // of a request that has not ended, or has no answer, the connection is its own
      open.reset();
    }
    route.abandoned(where);
  }

  private void stopTimer() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  private void finish(Ending ending) {
    finished = true;
    stopTimer();
    Relay over = relay;
    route.finished(ending, over == null ? 0 : over.bytes());
    if (ending == Ending.WHOLE || ending == Ending.FAILED) {
      body.drain(vertx, out.written());
    }
  }
}
