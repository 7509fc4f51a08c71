package dev.limpet.node.http;

import dev.limpet.node.invoke.AnswerCutException;
import dev.limpet.node.invoke.CallerBody;
import dev.limpet.node.invoke.Invocations;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.trace.TraceContext;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * {@code POST /v1/invocations} runs a function, {@code HEAD} too and leaves out the body, {@code
 * DELETE /v1/invocations/{id}} cancels.
 */
public final class InvocationsResource implements Resource {
  /** A command streams its body within ten seconds; data that is larger is added first. */
  static final long MAX_CALL_BODY_BYTES = 1L << 30;

  private static final HeaderName INVOCATION = HeaderNames.create(Headers.INVOCATION);
  private static final String METHODS = "GET, HEAD, POST";
  private static final List<String> AT = List.of("v1", "invocations");
  private static final int NO_CONTENT = 204;

  private final Invocations invocations;

  /** Runs functions with these. */
  public InvocationsResource(Invocations invocations) {
    this.invocations = invocations;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && (resource.segments().equals(AT) || resource.isIn(AT));
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
    target.query().onlyKnown(List.of());
    if (target.segments().size() == AT.size()) {
      exchange.allow("POST", "HEAD");
      run(exchange);
    } else {
      exchange.allow("DELETE");
      cancel(exchange, target.segments().getLast());
    }
  }

  /** Runs a function; a failure after the first byte of its answer cuts the connection. */
  private void run(Exchange exchange) {
    Invocation invocation = invocation(exchange);
    if (invocation.head() != exchange.isHead()) {
      throw new LimpetException(
          ErrorCode.BAD_HEADER, "an answer without its body is asked for with HEAD, and only so");
    }
    exchange.calls(invocation.function());
    InvocationAnswer answer = new InvocationAnswer(exchange);
    try {
      TraceContext given = TraceContext.of(exchange::lines);
      invocations.run(invocation, new ExchangeBody(exchange), answer, given);
    } catch (AnswerCutException e) {
      throw new CloseConnectionException(invocation.execution() + " failed", e);
    } catch (IOException e) {
      throw new CloseConnectionException(invocation.execution() + ": the caller went away", e);
    } catch (LimpetException e) {
      if (answer.isBegun()) {
        throw new CloseConnectionException(invocation.execution() + " failed", e);
      }
      if (e.code() == ErrorCode.METHOD_NOT_ALLOWED) {
        exchange.set(HeaderNames.ALLOW, METHODS);
      }
      throw e;
    }
  }

  private static Invocation invocation(Exchange exchange) {
    List<String> lines = exchange.lines(INVOCATION);
    if (lines.size() != 1) {
      throw new LimpetException(
          ErrorCode.BAD_HEADER, "one " + Headers.INVOCATION + " header says what to run");
    }
    return Invocation.fromHeader(lines.getFirst());
  }

  /** Cancels an execution. */
  private void cancel(Exchange exchange, String id) {
    ExecutionId execution;
    try {
      execution = ExecutionId.parse(id);
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_PATH, String.valueOf(e.getMessage()), e);
    }
    if (!invocations.cancel(execution)) {
      throw new LimpetException(ErrorCode.EXECUTION_NOT_FOUND, execution + " does not run here");
    }
    exchange.answerEmpty(NO_CONTENT);
  }

  /** The request's body as the caller's. */
  private record ExchangeBody(Exchange exchange) implements CallerBody {
    @Override
    public long length() {
      return exchange.contentLength();
    }

    @Override
    public boolean isHere() {
      return GuardedConnections.hasRead(exchange.contentLength());
    }

    @Override
    public InputStream stream() {
      return exchange.body(MAX_CALL_BODY_BYTES);
    }

    @Override
    public LimpetException fault(IOException e) {
      return RequestBody.fault(e);
    }
  }
}
