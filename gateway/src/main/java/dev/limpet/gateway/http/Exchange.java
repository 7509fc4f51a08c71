package dev.limpet.gateway.http;

import dev.limpet.gateway.proxy.RequestBody;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.access.BodyRule;
import dev.limpet.protocol.access.HeaderLines;
import dev.limpet.protocol.access.SecurityHeaders;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;

/** One request and the one answer to it. Used on the event loop of its connection. */
public final class Exchange {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
  private static final Map<String, String> API_HEADERS = SecurityHeaders.api();

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final RequestBody body;
  private final HeaderLines headers;

  /** Wraps a request whose body was taken already. */
  Exchange(Vertx vertx, HttpServerRequest request, RequestBody body) {
    this.vertx = vertx;
    this.request = request;
    this.body = body;
    this.headers = request.headers()::getAll;
  }

  /** The request as the server has it. */
  public HttpServerRequest request() {
    return request;
  }

  /** Its method. */
  public HttpMethod method() {
    return request.method();
  }

  /** Its body. */
  public RequestBody body() {
    return body;
  }

  /** Its headers. */
  public HeaderLines headers() {
    return headers;
  }

  /** Timers and threads. */
  public Vertx vertx() {
    return vertx;
  }

  /** Whether the method is this one. */
  public boolean is(HttpMethod method) {
    return request.method().equals(method);
  }

  /** Refuses a method that is none of {@code allowed}. */
  public void allow(HttpMethod... allowed) {
    for (HttpMethod method : allowed) {
      if (is(method)) {
        return;
      }
    }
    request.response().putHeader("Allow", allowHeader(allowed));
    throw new LimpetException(
        ErrorCode.METHOD_NOT_ALLOWED,
        "here are allowed: " + allowHeader(allowed).replace(", OPTIONS", ""));
  }

  static String allowHeader(HttpMethod... allowed) {
    StringBuilder text = new StringBuilder();
    for (HttpMethod method : allowed) {
      text.append(method.name()).append(", ");
    }
    return text.append("OPTIONS").toString();
  }

  /**
   * Reads the whole body of a management request.
   *
   * @param types the media types that are read here
   * @param maxBytes a longer one is refused, before it is read where that is known
   */
  public Future<Buffer> read(List<String> types, int maxBytes) {
    try {
      BodyRule.check(headers, types);
    } catch (LimpetException e) {
      return Future.failedFuture(e);
    }
    return new BodyReader(this, maxBytes).read();
  }

  /** Answers JSON. */
  public void json(int status, byte[] json) {
    api(status, Json.MEDIA_TYPE).end(Buffer.buffer(json));
    body.drain(vertx);
  }

  /** Answers a record as JSON. */
  public void json(int status, Object value) {
    json(status, Json.write(value));
  }

  /** Answers one page of a list. */
  public <T> void page(Class<T> type, Page<T> page) {
    json(200, Json.writePage(type, page));
  }

  /** Answers without a body. */
  public void noContent() {
    HttpServerResponse response = request.response().setStatusCode(204);
    API_HEADERS.forEach(response::putHeader);
    response.end();
    body.drain(vertx);
  }

  private HttpServerResponse api(int status, String type) {
    HttpServerResponse response = request.response().setStatusCode(status);
    API_HEADERS.forEach(response::putHeader);
    return response.putHeader("Content-Type", type);
  }

  /** The one mapper from what went wrong to an answer. */
  public void fail(Throwable cause) {
    problem(problemOf(cause));
  }

  private static Problem problemOf(Throwable cause) {
    if (cause instanceof LimpetException e) {
      if (e.problem().status() >= 500 && e.getCause() != null) {
        LOG.log(Level.WARNING, "a request failed", e);
      }
      return e.problem();
    }
    LOG.log(Level.ERROR, "a request failed in a way that nobody thought of", cause);
    return Problem.of(ErrorCode.INTERNAL, "the gateway made a mistake; its log says which");
  }

  /** Answers a problem document; does nothing when the answer has begun or the caller is gone. */
  public void problem(Problem problem) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.ended() || response.closed()) {
      return;
    }
    api(problem.status(), Problem.MEDIA_TYPE).putHeader(Headers.ERROR, problem.code().code());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> response.putHeader("Retry-After", Long.toString(seconds)));
    if (problem.code() == ErrorCode.UNAUTHORIZED) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    byte[] json = problem.toJson();
    if (is(HttpMethod.HEAD)) {
      response.putHeader("Content-Length", Integer.toString(json.length)).end();
    } else {
      response.end(Buffer.buffer(json));
    }
    body.drain(vertx);
  }
}
