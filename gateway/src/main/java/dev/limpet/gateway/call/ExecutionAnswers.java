package dev.limpet.gateway.call;

import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.http.Paging;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.receipt.ReceiptQuery;
import io.vertx.core.http.HttpMethod;

/**
 * {@code /v1/executions/{id}}: what is known of calls, for whoever may make calls and knows the id,
 * which nobody guesses. {@code /v1/executions}: which there were within the hour.
 */
final class ExecutionAnswers {
  /** Executions of one page: each may name many candidates. */
  static final int MAX_LISTED_EXECUTIONS = 200;

  private static final int NOT_FOUND = 404;

  private final Door door;
  private final ExecutionLog executions;
  private final AsyncCalls async;
  private final NodeClient client;

  ExecutionAnswers(Door door, ExecutionLog executions, AsyncCalls async, NodeClient client) {
    this.door = door;
    this.executions = executions;
    this.async = async;
    this.client = client;
  }

  void execution(Exchange exchange, ExecutionId id) {
    if (exchange.is(HttpMethod.DELETE)) {
      cancel(exchange, id);
    } else {
      door.ask(exchange.headers());
      exchange.json(200, known(id));
    }
  }

  /** Those that have ended, the oldest first; for whoever manages, since ids are secrets. */
  void list(Exchange exchange, QueryParameters query) {
    door.inspect(exchange.headers());
    Paging paging = Paging.among(query, ReceiptQuery.PARAMETERS);
    ReceiptQuery wanted = ReceiptQuery.of(query);
    EndedExecutions.Part part =
        executions.list(
            Page.place(paging.cursor()),
            one -> wants(wanted, one),
            Math.min(paging.limit(), MAX_LISTED_EXECUTIONS));
    Long next = part.next();
    exchange.page(Execution.class, new Page<>(part.found(), next == null ? null : next.toString()));
  }

  private static boolean wants(ReceiptQuery wanted, Execution one) {
    return wanted.covers(one.startedAt())
        && (wanted.execution() == null || wanted.execution().equals(one.id()))
        && (wanted.functions().isEmpty() || wanted.functions().contains(one.function().toV1()))
        && (wanted.data() == null || ReceiptQuery.isOn(wanted.data(), one.data()));
  }

  /** The answer of a call whose caller did not wait. */
  void result(Exchange exchange, ExecutionId id) {
    door.ask(exchange.headers());
    async.result(exchange, id);
  }

  private Execution known(ExecutionId id) {
    AsyncCall call = async.find(id);
    Execution execution = call == null ? executions.find(id) : call.execution();
    if (execution == null) {
      throw new LimpetException(
          ErrorCode.EXECUTION_NOT_FOUND, "no execution " + id + " ran here within the last hour");
    }
    return execution;
  }

  /** Ends what runs; forgets the answer of what has ended. */
  private void cancel(Exchange exchange, ExecutionId id) {
    if (door.cancel(exchange.headers()) == Caller.PUBLIC) {
      throw new LimpetException(ErrorCode.UNAUTHORIZED, "a token is needed to cancel");
    }
    known(id);
    AsyncCall call = async.find(id);
    Attempt attempt = executions.running(call == null ? id : call.attempt());
    if (attempt == null) {
      async.remove(id);
      exchange.noContent();
      return;
    }
    exchange.answer(
        Cancelling.send(client, attempt),
        answer -> {
          if (answer.isSuccess() || answer.status() == NOT_FOUND) {
            exchange.noContent();
          } else {
            exchange.problem(
                Problem.of(ErrorCode.NODE_FAILED, "the node did not cancel the execution"));
          }
        });
  }
}
