package dev.limpet.node.http;

import dev.limpet.node.invoke.ProcessFault;
import dev.limpet.node.metrics.NodeMetrics;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.audit.AuditLog;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes every request: checks who asks, finds the resource, and maps what it throws. An answer that
 * has begun and cannot be finished is cut by closing its connection, never ended cleanly.
 */
public final class Router implements Handler {
  private final Guard guard;
  private final AuditLog audit;
  private final @Nullable Access access;
  private final List<Resource> resources;
  private final Consumer<Throwable> sick;
  private final CutAnswers cutAnswers = new CutAnswers();
  private final Counter requests;
  private final Counter problems;
  private final Counter cut;
  private final Counter calls;
  private final Counter sent;
  private volatile boolean draining;

  /**
   * What is written down of requests.
   *
   * @param audit of what changes the node
   * @param access of all; or null
   */
  public record Logs(AuditLog audit, @Nullable AccessLog access) {}

  /**
   * Routes to these resources; the first one that serves a target gets it.
   *
   * @param sick is told of errors after which nobody knows what this process is worth
   */
  public Router(
      Guard guard,
      List<Resource> resources,
      NodeMetrics metrics,
      Logs logs,
      Consumer<Throwable> sick) {
    this.guard = guard;
    this.sick = sick;
    this.audit = logs.audit;
    this.access = logs.access == null ? null : new Access(logs.access, guard);
    this.resources = List.copyOf(resources);
    this.requests = metrics.counter("limpet_node_requests", "Requests");
    this.problems = metrics.counter("limpet_node_problems", "Requests answered with a problem");
    this.cut = metrics.counter("limpet_node_answers_cut", "Answers that broke off");
    this.calls = metrics.counter("limpet_node_calls_taken", "Calls of functions that came here");
    this.sent = metrics.counter("limpet_node_bytes_sent", "Bytes of answers, calls and data");
  }

  /** From now on every request is answered with {@code draining}. */
  public void drain() {
    draining = true;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    Exchange exchange = new Exchange(request, response);
    requests.increment();
    Instant time = access == null ? Instant.EPOCH : Instant.now();
    long beganNanos = System.nanoTime();
    boolean whole = false;
    try {
      answerOrFail(exchange);
      whole = true;
    } finally {
      sent.increment((double) exchange.sent());
      if (access != null) {
        access.ended(exchange, time, System.nanoTime() - beganNanos, whole);
      }
    }
    end(exchange);
  }

  private void answerOrFail(Exchange exchange) {
    try {
      answer(exchange);
    } catch (CloseConnectionException e) {
      cut(exchange, e);
      throw e;
    } catch (IOException | RuntimeException e) {
      fail(exchange, e, e);
    } catch (Error e) { // which the server would answer in the middle of what was answered
      fail(exchange, e, new IllegalStateException("an error of a library or of this node", e));
    }
  }

  /**
   * Answers with that.
   *
   * @param e what was thrown
   * @param told what it is when only this request failed
   */
  private void fail(Exchange exchange, Throwable e, Exception told) {
    VirtualMachineError error = ProcessFault.in(e);
    if (error == null) {
      fail(exchange, told);
    } else {
      sick.accept(error);
      fail(exchange, sick(error));
    }
  }

  private void cut(Exchange exchange, Exception e) {
    cut.increment();
    cutAnswers.add(exchange, e);
  }

  private static LimpetException sick(VirtualMachineError e) {
    return new LimpetException(
        Problem.of(ErrorCode.NODE_MEMORY, "this node came to its own limits and starts again")
            .withRetryAfter(NodeServer.RETRY_AFTER),
        e);
  }

  private void answer(Exchange exchange) throws IOException {
    exchange.closeIfAsked();
    FixedHeaders.API.setOn(exchange);
    guard.checkHost(exchange::lines);
    RequestTarget target = exchange.target();
    Resource resource = resource(target);
    audit(exchange, resource.action(exchange.method(), target), target);
    guard.checkOrigin(exchange.method(), target, exchange::lines);
    exchange.forGateway(guard.check(resource.need(), target, exchange::lines));
    if (draining && resource.need() != Resource.Need.NOTHING) {
      throw new LimpetException(
          Problem.of(ErrorCode.DRAINING, "the node is stopping")
              .withRetryAfter(NodeServer.RETRY_AFTER));
    }
    if (resource instanceof InvocationsResource && !exchange.method().equals("DELETE")) {
      calls.increment();
    }
    resource.handle(exchange);
    if (!exchange.isAnswered()) {
      throw new IllegalStateException("a resource did not answer");
    }
  }

  private Resource resource(RequestTarget target) {
    for (Resource resource : resources) {
      if (resource.serves(target)) {
        return resource;
      }
    }
    throw new LimpetException(ErrorCode.NOT_FOUND, "there is nothing at this path of a node");
  }

  private void audit(Exchange exchange, @Nullable String action, RequestTarget target) {
    if (action != null) {
      String who = guard.who(exchange.rawPath(), exchange::lines);
      var caller = new AuditedAction.Caller(who, exchange.remote());
      String object =
          target instanceof RequestTarget.Resource resource && resource.segments().size() > 2
              ? resource.segments().getLast()
              : "";
      exchange.audit(new AuditedAction(audit, caller, action, object));
    }
  }

  private void fail(Exchange exchange, Exception e) {
    if (exchange.hasBegun()) {
      cut(exchange, e);
      throw new CloseConnectionException("the answer was cut", e);
    }
    Problem problem = Failures.problem(e);
    problems.increment();
    try {
      tell(exchange, problem);
    } catch (RuntimeException gone) {
      cutAnswers.add(exchange, gone);
      throw new CloseConnectionException("the caller has gone", gone);
    }
  }

  private void tell(Exchange exchange, Problem problem) {
    String path = exchange.rawPath();
    for (Resource resource : resources) {
      if (resource.tells(path)) {
        resource.tell(exchange, problem);
        return;
      }
    }
    exchange.problem(problem);
  }

  private static void end(Exchange exchange) {
    if (exchange.mustLinger()) {
      exchange.commit();
      throw new LingeringCloseException();
    }
    if (exchange.mustClose()) {
      exchange.commit(); // the server says so in the answer, and then waits for more
      throw new CloseConnectionException("the client has asked for nothing more");
    }
  }
}
