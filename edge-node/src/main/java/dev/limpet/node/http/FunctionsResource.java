package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.invoke.FunctionStore;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.util.List;

/** {@code PUT /v1/functions/{cid}}: the gateway pushes a function, so that its calls start warm. */
public final class FunctionsResource implements Resource {
  private static final List<String> AT = List.of("v1", "functions");
  private static final String CAR = "application/vnd.ipld.car";
  private static final int NO_CONTENT = 204;

  private final FunctionStore functions;

  /** Puts functions there. */
  public FunctionsResource(FunctionStore functions) {
    this.functions = functions;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource && resource.isIn(AT);
  }

  @Override
  public Need need() {
    return Need.LINK;
  }

  @Override
  public void handle(Exchange exchange) {
    if (!(exchange.target() instanceof RequestTarget.Resource target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    exchange.allow("PUT");
    target.query().onlyKnown(List.of());
    put(exchange, DataRef.parse(target.segments().getLast()).root());
  }

  /** Keeps and compiles a function. */
  private void put(Exchange exchange, Cid function) {
    String type = exchange.header(HeaderNames.CONTENT_TYPE);
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase(CAR)) {
      throw new LimpetException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "a function is pushed as " + CAR);
    }
    try {
      functions.put(function, exchange.body(FunctionStore.MAX_FUNCTION_CAR_BYTES));
    } catch (IOException e) {
      throw RequestBody.fault(e);
    }
    exchange.answerEmpty(NO_CONTENT);
  }
}
