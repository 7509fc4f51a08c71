package dev.limpet.node.rpc;

import dev.limpet.node.http.Exchange;
import dev.limpet.protocol.QueryParameters;
import java.util.List;

/** One call of a command: what was asked, and what is answered. */
final class Call {
  private final Exchange exchange;
  private final Options options;
  private final Answer answer;

  Call(Exchange exchange, QueryParameters query) {
    this.exchange = exchange;
    this.options = new Options(query);
    this.answer = new Answer(exchange);
  }

  Options options() {
    return options;
  }

  Answer answer() {
    return answer;
  }

  /**
   * The files that came.
   *
   * @param maxBytes of all of them, and what is around them
   * @param name what Kubo calls the argument
   * @throws RpcException when there are none
   */
  Multipart files(long maxBytes, String name) {
    List<String> types = exchange.lines("Content-Type");
    String boundary = types.size() == 1 ? Multipart.boundary(types.getFirst()) : "";
    if (boundary.isEmpty()) {
      throw RpcException.noFile(name);
    }
    return new Multipart(exchange.body(maxBytes), boundary);
  }

  /** Says for the records what was done, and to what. */
  void acted(String object, String detail) {
    exchange.acted(object, detail);
  }
}
