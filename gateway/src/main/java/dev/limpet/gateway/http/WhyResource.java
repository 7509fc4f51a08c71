package dev.limpet.gateway.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.memo.CallPrint;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.PathSize;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.Why;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/why}: where a call would go, and for which reason not elsewhere. */
final class WhyResource implements Resource {
  private final Services services;
  private final Door door;

  WhyResource(Services services, Door door) {
    this.services = services;
    this.door = door;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.isEmpty() ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    door.inspect(exchange.headers());
    query.onlyKnown(List.of("function", "data", "arg"));
    FunctionRef function =
        FunctionRef.parse(
            query
                .one("function")
                .orElseThrow(
                    () ->
                        new LimpetException(
                            ErrorCode.BAD_QUERY, "the query parameter function is missing")));
    List<DataRef> data = data(query);
    List<Cid> roots = data.stream().map(DataRef::root).distinct().toList();
    List<String> arguments = query.values("arg");
    exchange.answer(
        services
            .lookup()
            .find(function)
            .compose(
                found ->
                    services
                        .prover()
                        .proveAll(roots)
                        .map(_ -> question(found, roots, keeper(found, data, arguments))))
            .compose(whole -> weighed(whole, data)),
        weighed -> exchange.json(200, why(weighed, data)));
  }

  private static List<DataRef> data(QueryParameters query) {
    List<String> values = query.values("data");
    if (values.size() > Invocation.MAX_INPUTS) {
      throw new LimpetException(
          ErrorCode.BAD_QUERY, "a call has at most " + Invocation.MAX_INPUTS + " inputs");
    }
    return values.stream().map(DataRef::parse).toList();
  }

  /** Mark of the node that keeps the answer, of data that a node is known to have; else 0. */
  private int keeper(StoredFunction function, List<DataRef> data, List<String> arguments) {
    for (DataRef input : data) {
      if (services.holders().isUnknown(input.root())) {
        return 0;
      }
    }
    RequestTarget.CallQuery query = new RequestTarget.CallQuery("", arguments, List.of());
    return services.memo().keepers().find(CallPrint.of(function.cid(), data, "", query, List.of()));
  }

  /** What a call would ask that has no wish of its own. */
  private Question question(StoredFunction function, List<Cid> roots, int keeper) {
    return new Question(
        function.cid(),
        function.memoryBytes(),
        roots.stream().map(Question.Wanted::whole).toList(),
        Question.DEFAULT_MAX_FETCH_BYTES,
        services.lookup().needs(function),
        null,
        keeper);
  }

  private Future<Question> weighed(Question whole, List<DataRef> data) {
    return PathSize.matters(services.placement().decide(whole), data)
        ? services.sizes().weigh(whole, data)
        : Future.succeededFuture(whole);
  }

  private Why why(Question question, List<DataRef> data) {
    Placement.Explained explained = services.placement().explain(question, Why.MAX_CANDIDATES);
    String chosen =
        explained.decision() instanceof Decision.Run run
            ? run.choices().getFirst().node().name()
            : null;
    ErrorCode refused = refused(explained.decision());
    KnownNode keeper = services.placement().keeper(question);
    return new Why(
        question.function(),
        data.isEmpty() ? null : data.getFirst().toString(),
        data.stream().map(DataRef::toString).toList(),
        chosen,
        explained.nodes().stream().map(Choice::toCandidate).toList(),
        refused == null ? null : refused.code(),
        keeper == null ? null : keeper.name());
  }

  private static @Nullable ErrorCode refused(Decision decision) {
    return switch (decision) {
      case Decision.Run _ -> null;
      case Decision.WouldMove _ -> ErrorCode.WOULD_MOVE;
      case Decision.HoldersOffline _ -> ErrorCode.HOLDERS_OFFLINE;
      case Decision.DataNotFound _ -> ErrorCode.DATA_NOT_FOUND;
      case Decision.NoNode _ -> ErrorCode.NO_NODE;
    };
  }
}
