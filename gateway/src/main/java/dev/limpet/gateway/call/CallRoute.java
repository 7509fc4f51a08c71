package dev.limpet.gateway.call;

import dev.limpet.gateway.admission.RetryBudget;
import dev.limpet.gateway.audit.Auditor;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.http.CallTrace;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Itinerary;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.proxy.AnswerHeaders;
import dev.limpet.gateway.proxy.KnownNames;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.proxy.Outbound;
import dev.limpet.gateway.proxy.RetryRule;
import dev.limpet.gateway.proxy.Route;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one call from node to node, until one answers.
 *
 * <p>Invariants. Which nodes are asked is the {@link Itinerary}'s. Each attempt has an id of its
 * own; that of a node that was not reached, or that refused, is forgotten when another node is
 * asked. Each node that was counted a call is uncounted once, in {@link #leave}.
 */
final class CallRoute implements Route {
  private static final CharSequence ERROR = KnownNames.of(Headers.ERROR);
  private static final CharSequence ETAG = KnownNames.of("ETag");
  private static final CharSequence EXECUTION = KnownNames.of(Headers.EXECUTION);
  private static final CharSequence FUNCTION = KnownNames.of(Headers.FUNCTION);
  private static final CharSequence MEMO = KnownNames.of(Headers.MEMO);
  private static final CharSequence NODE = KnownNames.of(Headers.NODE);
  private static final CharSequence RANGES = KnownNames.of("Accept-Ranges");
  private static final CharSequence TIMING = KnownNames.of(Headers.SERVER_TIMING);

  private final CallParts parts;
  private final AskedCall asked;
  private final StoredFunction function;
  private final Invocations invocations;
  private final Sequel sequel;
  private final boolean isHedge;
  private final long beganNanos = System.nanoTime();
  private final Itinerary itinerary;
  private final Refused refused = new Refused();
  private double routeMillis = -1;
  private Itinerary.@Nullable Stop at;
  private @Nullable Attempt attempt;

  /** What a call runs on. */
  record CallParts(
      Placement placement,
      NodeClient client,
      ExecutionLog executions,
      AnswerRules rules,
      CallProblems problems,
      RetryBudget retries,
      FunctionMeters functions,
      CallMetrics metrics,
      Hedges hedges,
      Auditor auditor) {}

  /** What comes after a route has ended. */
  interface Sequel {
    /** Whether this is the end of the call, and not of one of two ways to its answer. */
    boolean isCounted();

    /** Whether the caller got its answer from here. */
    boolean isWinner();

    /** The route has ended. */
    void run();
  }

  /**
   * Of a call with one route.
   *
   * @param over what follows
   */
  record Alone(Runnable over) implements Sequel {
    @Override
    public boolean isCounted() {
      return true;
    }

    @Override
    public boolean isWinner() {
      return true;
    }

    @Override
    public void run() {
      over.run();
    }
  }

  /**
   * Where a call may go.
   *
   * @param choices in the order of placement
   * @param entered the one whose place is taken, which comes first
   */
  record Chosen(List<Choice> choices, Choice entered) {}

  CallRoute(
      CallParts parts, AskedCall asked, Invocations invocations, Chosen chosen, Sequel sequel) {
    this.parts = parts;
    this.asked = asked;
    this.function = invocations.function();
    this.invocations = invocations;
    this.sequel = sequel;
    this.isHedge = chosen.entered.reason() == Choice.Reason.HEDGES;
    KnownNode entered = chosen.entered.node();
    this.itinerary =
        new Itinerary(parts.placement, invocations.question(), chosen.choices, entered);
    NodeLink link = entered.link();
    this.at = link == null ? null : new Itinerary.Stop(chosen.entered, link);
    if (!isHedge) { // which is paid by calls, and is none
      parts.retries.called();
    }
    parts.metrics.placed(chosen.entered.reason());
  }

  /**
   * Another node for the same call, paid from the budget of second tries, with its place taken,
   * which this way will not go to; or null.
   */
  @Nullable Choice enterOther() {
    return itinerary.enterOther(parts.retries::spend);
  }

  @Override
  public boolean hasNext() {
    return !isHedge && itinerary.hasNext();
  }

  @Override
  public Outbound next() {
    Itinerary.Stop entered = at;
    Itinerary.Stop place = entered == null ? itinerary.next() : entered;
    at = place;
    place.choice().node().circuit().tries();
    List<Candidate> candidates = itinerary.considered().stream().map(Choice::toCandidate).toList();
    Attempt now = new Attempt(asked, function.cid(), place, candidates, parts.executions.now());
    attempt = now;
    parts.executions.began(now);
    if (routeMillis < 0) {
      routeMillis = (System.nanoTime() - beganNanos) / 1e6;
    }
    return place
        .link()
        .request(
            asked.isHead() ? HttpMethod.HEAD : HttpMethod.POST,
            "/v1/invocations",
            invocations.lines(now.id(), place.choice()));
  }

  @Override
  public boolean affords(RetryRule.Reached reached) {
    Itinerary.Stop place = at;
    boolean vain = place != null && place.choice().isForKeptAlone() && refused.isNotHeld();
    return reached == RetryRule.Reached.NOTHING || vain || parts.retries.spend();
  }

  @Override
  public boolean isRepeatable() {
    return asked.isRead()
        || function.manifest().pure()
        || !asked.exchange().headers().values(Headers.IDEMPOTENCY_KEY).isEmpty();
  }

  @Override
  public RetryRule.@Nullable Reached refusal(HttpClientResponse answer) {
    return refused.judge(answer);
  }

  @Override
  public boolean isShown(HttpClientResponse refusal) {
    return refused.isShown();
  }

  @Override
  public void lost(RetryRule.Reached reached) {
    Itinerary.Stop place = at;
    Attempt now = attempt;
    if (place == null || now == null) {
      return;
    }
    traced(now, true);
    switch (reached) {
      case REQUEST -> {
        cancel(now);
        end(now, Ending.FAILED, 0);
      }
      case ENDED -> end(now, Ending.FAILED, 0);
      case NOTHING, REFUSED -> parts.executions.forget(now);
    }
    learn(place.choice().node(), reached);
    if (refused.isNotHeld()) {
      asked.turn().keepsNot(place.choice());
    }
    if (reached == RetryRule.Reached.REQUEST) {
      itinerary.comeBack(place);
    }
    leave();
  }

  private void learn(KnownNode node, RetryRule.Reached reached) {
    switch (reached) {
      case NOTHING, REQUEST -> node.circuit().failed();
      case REFUSED, ENDED -> node.circuit().worked();
    }
    if (reached == RetryRule.Reached.REFUSED && refused.isBusy()) {
      node.gate().overloaded();
    }
  }

  @Override
  public void head(HttpClientResponse answer, MultiMap out) {
    Attempt now = current();
    now.answered(answer.statusCode(), answer.headers());
    now.choice().node().circuit().worked();
    if (refused.isBusy()) { // a refusal that the caller sees, because nobody else can be asked
      now.choice().node().gate().overloaded();
    }
    out.set(EXECUTION, now.id().text());
    out.set(NODE, now.choice().node().name());
    out.set(FUNCTION, function.cid().toString());
    out.set(MEMO, now.memo().text());
    parts.rules.call(asked, function, answer.statusCode(), out);
    if (now.memo() != MemoState.BYPASS && out.contains(ETAG)) {
      out.set(RANGES, "bytes"); // for whoever asks again
    }
    asked.turn().head(now, answer, function.manifest().effectiveAbi());
    if (answer.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
      out.set("Trailer", TRAILER_NAMES);
    }
    timing(now, answer.headers(), out);
    long nanos = System.nanoTime() - beganNanos;
    parts.metrics.firstByte(nanos);
    if (now.isCompiling()) {
      now.choice().node().warmed(function.cid());
    } else {
      parts.hedges.answered(function.cid(), nanos);
    }
  }

  private static final String TRAILER_NAMES = String.join(", ", Headers.TRAILERS);

  private void timing(Attempt now, MultiMap from, MultiMap out) {
    String said = from.get(TIMING);
    if (said != null) {
      String all = "route;dur=" + Math.round(routeMillis * 1000) / 1000.0 + ", " + said;
      long ran = ServerTiming.micros(said, ServerTiming.RUN);
      now.timed(all, Math.max(0, ran));
      out.set(TIMING, all);
      measure(now, said, ran);
    }
  }

  /** What did not run says nothing about how busy its node is. */
  private static void measure(Attempt now, String said, long ran) {
    long waited = ServerTiming.micros(said, ServerTiming.QUEUE);
    if (waited >= 0 && ran > 0) {
      now.learnPace(ran, ServerTiming.micros(said, ServerTiming.DATA));
      now.choice().node().gate().answered(waited, ran);
    }
  }

  @Override
  public void whole(HttpClientResponse answer, @Nullable Buffer body, long bytes) {
    Attempt now = current();
    if (body != null && answer.headers().contains(ERROR)) {
      now.exited(exitCode(body));
    }
    asked.turn().came(now, answer, function.manifest().effectiveAbi(), bytes);
    if (body != null) {
      new MemoIntake(parts.rules).take(asked, now, function, answer, body);
    }
    new AuditOffer(parts.auditor, asked, invocations).offer(now.choice().node(), answer, body);
    end(now, Ending.WHOLE, bytes);
  }

  private static @Nullable Integer exitCode(Buffer problem) {
    try {
      return Problem.fromJson(problem.getBytes()).context().exitCode();
    } catch (LimpetException e) {
      return null;
    }
  }

  @Override
  public void trailers(HttpClientResponse answer, MultiMap out) {
    AnswerHeaders.copyAllowed(answer.trailers(), out, Headers.TRAILERS);
    current().learn(answer.trailers());
    timing(current(), answer.trailers(), out);
  }

  @Override
  public void fail(Failure why) {
    Problem problem = problem(why);
    Attempt now = attempt;
    if (now != null) {
      problem = problem.withExecution(now.id());
      now.failed(problem.code(), problem.status());
      MultiMap headers = asked.waiter().headers();
      headers.set(Headers.EXECUTION, now.id().text());
      headers.set(Headers.NODE, now.choice().node().name());
    }
    asked.waiter().problem(problem);
  }

  private Problem problem(Failure why) {
    return switch (why) {
      case NOT_CONNECTED -> parts.problems.notConnected(invocations.question(), asked.caller());
      case BROKEN -> CallProblems.broken();
      case DEADLINE ->
          Problem.of(ErrorCode.OUT_OF_TIME, "the time for this call was over before its answer");
      case BODY_TOO_LARGE -> AskedCall.tooLarge().problem();
      case REFUSED -> refused.problem();
      case NEEDS_HTTP_1_1 -> CallProblems.needsHttp11();
      case MISTAKE ->
          Problem.of(ErrorCode.INTERNAL, "the gateway made a mistake; its log says which");
    };
  }

  @Override
  public void abandoned(Outbound target) {
    cancel(current());
  }

  private void cancel(Attempt lost) {
    Cancelling.send(parts.client, lost).onFailure(_ -> parts.metrics.cancelFailed());
  }

  @Override
  public void finished(Ending ending, long bytes) {
    boolean counts = sequel.isCounted();
    try {
      account(ending, bytes, counts);
    } finally { // whatever is wrong with the books, others want the places
      leave();
      if (counts) {
        asked.turn().end();
      }
      sequel.run();
    }
  }

  private void account(Ending ending, long bytes, boolean counts) {
    Attempt now = attempt;
    if (now != null) {
      if (ending != Ending.WHOLE) {
        end(now, ending, bytes);
      }
      traced(now, ending != Ending.WHOLE || !now.isDone());
    }
    if (isHedge && sequel.isWinner()) {
      parts.metrics.hedgeWon();
    }
    if (counts) {
      count(ending, bytes);
    }
  }

  private void count(Ending ending, long bytes) {
    parts.metrics.ended(ending);
    parts.functions.ended(
        asked.target().function(),
        function.cid(),
        new FunctionMeters.Ended(
            attempt,
            ending,
            asked.exchange().body().received(),
            bytes,
            System.nanoTime() - beganNanos));
  }

  private void end(Attempt now, Ending ending, long bytes) {
    long in = asked.exchange().body().received();
    parts.executions.ended(now.end(ending, new Attempt.Bytes(in, bytes), parts.executions.now()));
  }

  /** The node that was asked last has answered, or failed. */
  private void traced(Attempt now, boolean failed) {
    CallTrace spans = asked.exchange().spans();
    if (spans != null) {
      spans.answered(now.choice().node().name(), failed);
    }
  }

  /** The node of the present attempt has the call no longer. */
  private void leave() {
    Itinerary.Stop place = at;
    if (place != null) {
      place.choice().node().callEnded();
      at = null;
    }
  }

  private Attempt current() {
    Attempt now = attempt;
    if (now == null) {
      throw new IllegalStateException("there is an answer only after an attempt");
    }
    return now;
  }
}
