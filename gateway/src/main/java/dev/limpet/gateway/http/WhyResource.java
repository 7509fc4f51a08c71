package dev.limpet.gateway.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.PathSize;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
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
    query.onlyKnown(List.of("function", "data"));
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
    exchange.answer(
        services
            .lookup()
            .find(function)
            .compose(found -> services.prover().proveAll(roots).map(_ -> question(found, roots)))
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

  /** What a call would ask that has no wish of its own. */
  private Question question(StoredFunction function, List<Cid> roots) {
    return new Question(
        function.cid(),
        function.memoryBytes(),
        roots.stream().map(Question.Wanted::whole).toList(),
        Question.DEFAULT_MAX_FETCH_BYTES,
        services.lookup().needs(function));
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
    return new Why(
        question.function(),
        data.isEmpty() ? null : data.getFirst().toString(),
        data.stream().map(DataRef::toString).toList(),
        chosen,
        explained.nodes().stream().map(Choice::toCandidate).toList(),
        refused == null ? null : refused.code());
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
