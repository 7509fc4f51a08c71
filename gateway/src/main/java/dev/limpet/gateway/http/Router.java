package dev.limpet.gateway.http;

import dev.limpet.gateway.proxy.RequestBody;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.audit.AuditLog;
import dev.limpet.protocol.trace.SpanExporter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * From a request to who answers it. The raw target is read here ({@link KnownTargets}), after
 * {@code Host} was checked; what a resource throws becomes its answer.
 */
public final class Router {
  private static final List<HttpMethod> EXECUTION_METHODS =
      List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);

  private static final String API = "v1";
  private static final String EXECUTIONS = "executions";
  private static final String LOGS = "logs";
  private static final String LOG = "log";
  private static final String RESULT = "result";
  private static final String WHY = "why";

  private final Vertx vertx;
  private final Door door;
  private final Ways ways;
  private final Map<String, Resource> resources;
  private final long maxBodyBytes;
  private final Traffic traffic;
  private final KnownTargets targets = new KnownTargets();
  private final AuditLog audit;
  private final @Nullable Access access;
  private final @Nullable SpanExporter spans;
  private volatile boolean draining;

  /**
   * What is no {@link Resource}.
   *
   * @param calls calls and data
   * @param logs logs of nodes
   */
  public record Ways(Calls calls, Logs logs) {}

  /**
   * Routes to these.
   *
   * @param ways calls, data and logs
   * @param resources everything else
   * @param maxBodyBytes of any body; resources read less
   */
  public Router(Vertx vertx, Door door, Ways ways, Resources resources, long maxBodyBytes) {
    this.vertx = vertx;
    this.door = door;
    this.ways = ways;
    this.resources = resources.byName();
    this.traffic = resources.traffic();
    this.audit = resources.audit();
    this.access = resources.access();
    this.spans = resources.spans();
    this.maxBodyBytes = maxBodyBytes;
  }

  /** From now on nothing but probes is answered, so that what runs can end. */
  public void drain() {
    draining = true;
  }

  /** Answers a request that came on a line. */
  void handle(HttpServerRequest request, ConnectionGuard.Line line) {
    RequestBody body = new RequestBody(request, maxBodyBytes);
    Exchange exchange = new Exchange(vertx, request, body);
    exchange.endsWith(line::answered);
    if (access != null) {
      access.begins(exchange);
    }
    request.response().endHandler(_ -> exchange.ended());
    request.response().closeHandler(_ -> exchange.ended());
    body.begun(vertx, () -> answer(exchange, line));
  }

  private void answer(Exchange exchange, ConnectionGuard.Line line) {
    if (exchange.request().response().closed()) {
      return; // a stream that was reset at once
    }
    try {
      checkFraming(exchange, line);
      door.enter(exchange.headers());
      showToPages(exchange);
      route(exchange);
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  /**
   * A transfer coding that this server does not know hides where the body ends, so nothing after it
   * can be a request (RFC 9112, section 6.3).
   */
  private static void checkFraming(Exchange exchange, ConnectionGuard.Line line) {
    List<String> codings = exchange.headers().values("Transfer-Encoding");
    if (exchange.request().uri() == null) {
      throw new LimpetException(
          ErrorCode.BAD_REQUEST, "this is no proxy: a request needs a path, and CONNECT has none");
    }
    if (exchange.request().headers().contains("")) {
      throw new LimpetException(ErrorCode.BAD_REQUEST, "a header of this request has no name");
    }
    boolean known = codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked");
    if (!codings.isEmpty() && !known) {
      if (exchange.request().version() != HttpVersion.HTTP_2) {
        line.isLast();
      }
      exchange.closesConnection();
      exchange.whenAnswered(() -> exchange.request().connection().shutdown(1, TimeUnit.SECONDS));
      throw new LimpetException(
          ErrorCode.BAD_REQUEST, "the one transfer coding that is read here is chunked");
    }
  }

  private void route(Exchange exchange) {
    RequestTarget target = targets.read(exchange.request().uri());
    switch (target) {
      case RequestTarget.Call call -> {
        begin(exchange, "call");
        if (spans != null) {
          exchange.traced(spans);
        }
        // A page learns no more than that functions may take these; its call learns whether.
        preflight(exchange, CallMethods.HTTP);
        boolean asks = exchange.is(HttpMethod.OPTIONS);
        if (!asks || !options(exchange, ways.calls.methods(exchange, call))) {
          ways.calls.call(exchange, call);
        }
      }
      case RequestTarget.Content content -> {
        begin(exchange, "ipfs");
        preflight(exchange, Resource.READ);
        if (!options(exchange, Resource.READ)) {
          ways.calls.content(exchange, content);
        }
      }
      case RequestTarget.Resource resource ->
          resource(exchange, resource.segments(), resource.query());
    }
  }

  private void resource(Exchange exchange, List<String> segments, QueryParameters query) {
    boolean api = segments.size() > 1 && segments.getFirst().equals(API);
    String name = segments.isEmpty() ? "" : segments.get(api ? 1 : 0);
    List<String> rest =
        segments.isEmpty() ? segments : segments.subList(api ? 2 : 1, segments.size());
    if (api && name.equals(EXECUTIONS)) {
      begin(exchange, EXECUTIONS);
      execution(exchange, rest, query);
      return;
    }
    if (api && name.equals(LOGS) && rest.isEmpty()) {
      begin(exchange, LOGS);
      read(exchange, () -> ways.logs.logs(exchange, query));
      return;
    }
    if (api && name.equals(WHY) && rest.isEmpty()) {
      begin(exchange, WHY);
      read(exchange, () -> ways.calls.why(exchange, query));
      return;
    }
    Resource resource = resources.get(api ? API + "/" + name : name);
    List<HttpMethod> methods = resource == null ? List.of() : resource.methods(rest);
    if (resource == null || methods.isEmpty()) {
      throw nothing();
    }
    if (!(resource instanceof HealthResource)) {
      begin(exchange, name);
    }
    if (!options(exchange, methods)) {
      exchange.allow(methods.toArray(HttpMethod[]::new));
      audit(exchange, resource.action(exchange.method(), rest), rest);
      resource.handle(exchange, rest, query);
    }
  }

  private static void read(Exchange exchange, Runnable answer) {
    if (!options(exchange, Resource.READ)) {
      exchange.allow(HttpMethod.GET, HttpMethod.HEAD);
      answer.run();
    }
  }

  private void audit(Exchange exchange, @Nullable String action, List<String> rest) {
    if (action != null) {
      String object = rest.isEmpty() ? "" : rest.getFirst();
      exchange.audit(AuditedAction.of(audit, door, exchange, action, object));
    }
  }

  private void execution(Exchange exchange, List<String> rest, QueryParameters query) {
    if (rest.isEmpty()) {
      read(exchange, () -> ways.calls.executions(exchange, query));
      return;
    }
    String part = rest.size() == 2 ? rest.getLast() : "";
    boolean known = rest.size() == 1 || part.equals(LOG) || part.equals(RESULT);
    if (!known) {
      throw nothing();
    }
    List<HttpMethod> methods = part.isEmpty() ? EXECUTION_METHODS : Resource.READ;
    if (options(exchange, methods)) {
      return;
    }
    exchange.allow(methods.toArray(HttpMethod[]::new));
    ExecutionId id = id(rest.getFirst());
    if (id == null) {
      throw new LimpetException(
          ErrorCode.EXECUTION_NOT_FOUND, "an Execution has the form x-…, this has not");
    }
    if (part.equals(LOG)) {
      ways.logs.log(exchange, id, query);
      return;
    }
    query.onlyKnown(List.of());
    if (part.equals(RESULT)) {
      ways.calls.result(exchange, id);
    } else {
      ways.calls.execution(exchange, id);
    }
  }

  private static @Nullable ExecutionId id(String text) {
    try {
      return ExecutionId.parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void begin(Exchange exchange, String resource) {
    traffic.begins(exchange, resource);
    if (draining) {
      exchange.closesConnection();
      throw new LimpetException(ErrorCode.DRAINING, "this gateway is stopping");
    }
  }

  /** A page that may call may also read what is wrong with its request. */
  private void showToPages(Exchange exchange) {
    String target = exchange.request().uri();
    if (door.pages().areConfigured() && Door.isForPages(target)) {
      door.pages().expose(exchange.headers(), exchange.request().response().headers());
    }
  }

  /** Pages may call functions and read data, if they may; nobody's may use the API. */
  private void preflight(Exchange exchange, List<HttpMethod> methods) {
    if (exchange.is(HttpMethod.OPTIONS)) {
      door.pages().preflight(exchange.headers(), methods, exchange.request().response().headers());
    }
  }

  /** Answers OPTIONS, which is the gateway's own everywhere; pages of others get no leave. */
  private static boolean options(Exchange exchange, List<HttpMethod> methods) {
    if (!exchange.is(HttpMethod.OPTIONS)) {
      return false;
    }
    exchange.header("Allow", Exchange.allowHeader(methods.toArray(HttpMethod[]::new)));
    exchange.noContent();
    return true;
  }

  private static LimpetException nothing() {
    return new LimpetException(ErrorCode.NOT_FOUND, "there is no such resource");
  }
}
