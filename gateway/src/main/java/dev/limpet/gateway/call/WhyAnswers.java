package dev.limpet.gateway.call;

import dev.limpet.gateway.admission.NodeGate;
import dev.limpet.gateway.function.FunctionLookup;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.Why;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/why}: where a call would go, and for which reason not elsewhere. It goes the way of a
 * call of management up to the node, with the same questions to nodes within the same bounds; the
 * headers of the request are those of that call.
 */
final class WhyAnswers {
  private final Door door;
  private final FunctionLookup functions;
  private final CallMemo memo;
  private final CallPlacing placing;
  private final CallProblems problems;
  private final CallAdmission admission;
  private final Placement placement;
  private final Duration maxTime;

  /**
   * What explains calls.
   *
   * @param placing where they go
   * @param problems what they hear when they go nowhere
   * @param memo who keeps their answers
   * @param admission how many of them there are
   */
  record Parts(
      CallPlacing placing, CallProblems problems, CallMemo memo, CallAdmission admission) {}

  WhyAnswers(CallPaths.Ground ground, Parts parts, Duration maxTime) {
    this.door = ground.door();
    this.functions = ground.functions();
    this.placement = ground.placement();
    this.placing = parts.placing;
    this.problems = parts.problems;
    this.memo = parts.memo;
    this.admission = parts.admission;
    this.maxTime = maxTime;
  }

  void why(Exchange exchange, QueryParameters query) {
    door.inspect(exchange.headers());
    query.onlyKnown(List.of("function", "data", "arg"));
    RequestTarget.Call target = target(query);
    AskedCall asked = AskedCall.read(exchange, Caller.MANAGEMENT, target, maxTime);
    exchange.answer(
        functions
            .find(target.function())
            .compose(
                function -> {
                  AskedCall hinted = memo.hinted(asked);
                  return told(hinted, placing.question(hinted, function));
                }),
        why -> exchange.json(200, why));
  }

  private static RequestTarget.Call target(QueryParameters query) {
    FunctionRef function =
        FunctionRef.parse(query.required("function", "the query parameter function is missing"));
    List<DataRef> data = query.values("data").stream().map(DataRef::parse).toList();
    return new RequestTarget.Call(
        function,
        !data.isEmpty(),
        data,
        List.of(),
        new RequestTarget.CallQuery("", query.values("arg"), List.of()));
  }

  /** Also of a call that would end because nodes cannot be asked about its data. */
  private Future<Why> told(AskedCall asked, Question question) {
    return placing
        .place(asked, question)
        .map(placed -> why(asked, placed, fate(asked, placed)))
        .recover(
            cause ->
                cause instanceof LimpetException e
                    ? Future.succeededFuture(
                        why(
                            asked,
                            placing.known(question),
                            fate(asked, question, null, e.problem().code())))
                    : Future.failedFuture(cause));
  }

  /**
   * What would become of the call now, looked up once, for it changes.
   *
   * @param next the node that would have it, or null
   * @param refused why nobody would, or null
   * @param limit of the gateway that would refuse it, whatever nodes could do, or null
   * @param limits all of them
   */
  private record Fate(
      @Nullable Choice next,
      @Nullable ErrorCode refused,
      Why.@Nullable Limit limit,
      List<Why.Limit> limits) {}

  private Fate fate(AskedCall asked, CallPlacing.Placed placed) {
    Choice next = next(placed.decision());
    return fate(asked, placed.question(), next, next == null ? refused(placed) : null);
  }

  /** The gateway looks at its own limits before it looks for a node. */
  private Fate fate(
      AskedCall asked, Question question, @Nullable Choice next, @Nullable ErrorCode refused) {
    List<Why.Limit> limits = admission.limits(asked.exchange(), question.function());
    for (Why.Limit limit : limits) {
      if (limit.isReached()) {
        return new Fate(null, ErrorCode.OVERLOADED, limit, limits);
      }
    }
    return new Fate(next, refused, null, limits);
  }

  /** What a call hears for which no node is next. */
  private ErrorCode refused(CallPlacing.Placed placed) {
    if (placed.decision() instanceof Decision.Run) {
      return ErrorCode.OVERLOADED;
    }
    return problems.refusal(placed, Caller.MANAGEMENT).code();
  }

  private static @Nullable Choice next(Decision decision) {
    return decision instanceof Decision.Run run ? CallAdmission.next(run.choices()) : null;
  }

  private Why why(AskedCall asked, CallPlacing.Placed placed, Fate fate) {
    Question question = placed.question();
    List<Choice> nodes = placement.explain(question, placed.decision(), Why.MAX_CANDIDATES);
    boolean missing = placed.decision() instanceof Decision.DataNotFound;
    KnownNode keeper = missing ? null : placement.keeper(question);
    List<String> inputs = asked.inputs().stream().map(DataRef::toString).toList();
    Choice next = fate.next;
    return new Why(
        question.function(),
        inputs.isEmpty() ? null : inputs.getFirst(),
        inputs,
        next == null ? null : next.node().name(),
        nodes.stream().map(Choice::toCandidate).toList(),
        fate.refused == null ? null : fate.refused.code(),
        keeper == null ? null : keeper.name(),
        next == null ? null : waitMillis(next.node().gate()),
        fate.limit == null ? null : fate.limit.name(),
        fate.limits);
  }

  private static @Nullable Double waitMillis(NodeGate gate) {
    return gate.hasPlace() ? null : gate.expectedNanos() / 1e6;
  }
}
