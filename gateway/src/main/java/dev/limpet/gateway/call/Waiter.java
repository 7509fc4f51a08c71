package dev.limpet.gateway.call;

import dev.limpet.gateway.http.Exchange;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Problem;
import io.vertx.core.MultiMap;

/** Port: whoever waits for a call: its caller, or a place where the answer is kept. */
interface Waiter {
  /** The id of the next attempt. */
  ExecutionId nextId();

  /** Header lines of the answer to come. */
  MultiMap headers();

  /** There is no answer but this. */
  void problem(Problem problem);

  /**
   * The caller waits on its connection.
   *
   * @param exchange its request
   */
  record Caller(Exchange exchange) implements Waiter {
    @Override
    public ExecutionId nextId() {
      return ExecutionId.random();
    }

    @Override
    public MultiMap headers() {
      return exchange.request().response().headers();
    }

    @Override
    public void problem(Problem problem) {
      exchange.problem(problem);
    }
  }
}
