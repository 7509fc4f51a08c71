package dev.limpet.gateway.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.proxy.CallerOutlet;
import dev.limpet.gateway.proxy.KnownNames;
import dev.limpet.gateway.proxy.RequestBody;
import dev.limpet.protocol.ETags;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.access.BodyRule;
import dev.limpet.protocol.access.HeaderLines;
import dev.limpet.protocol.access.SecurityHeaders;
import dev.limpet.protocol.audit.AuditEntry;
import dev.limpet.protocol.trace.SpanExporter;
import dev.limpet.protocol.trace.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request and the one answer to it. Used on the event loop of its connection. */
public final class Exchange {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

  /** Whoever sends one of these speaks for somebody else, who may be anywhere. */
  private static final List<String> PROXY_HEADERS =
      List.of("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via");

  /** What still runs on a connection of HTTP/2 that takes no more requests. */
  private static final int LAST_ANSWERS_SECONDS = 10;

  static final Map<String, String> API_HEADERS = SecurityHeaders.api();

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpMethod method;
  private final RequestBody body;
  private final HeaderLines headers;
  private List<Runnable> ends = new ArrayList<>();
  private Runnable last = () -> {};
  private @Nullable AuditedAction action;
  private @Nullable TraceContext trace;
  private @Nullable CallTrace spans;
  private boolean over;

  /** Wraps a request whose body was taken already. */
  Exchange(Vertx vertx, HttpServerRequest request, RequestBody body) {
    this.vertx = vertx;
    this.request = request;
    this.method = request.method(); // the server reads it anew each time
    this.body = body;
    this.headers = headers(request);
  }

  /** HTTP/2 says the host apart from the headers (RFC 9113, section 8.3.1), and the server both. */
  private static HeaderLines headers(HttpServerRequest request) {
    MultiMap lines = request.headers();
    if (request.version() != HttpVersion.HTTP_2) {
      return name -> lines.getAll(KnownNames.of(name));
    }
    HostAndPort authority = request.authority();
    List<String> host = authority == null ? List.of() : List.of(authority.toString());
    return name -> name.equals("Host") ? host : lines.getAll(KnownNames.of(name));
  }

  /** The trace that the request belongs to, or null. A malformed one is replaced by a new one. */
  public @Nullable TraceContext trace() {
    CallTrace recorded = spans;
    if (recorded != null) {
      return recorded.context();
    }
    TraceContext known = trace;
    if (known == null && !headers.values(TraceContext.PARENT).isEmpty()) {
      known = TraceContext.of(headers);
      known = known == null ? TraceContext.begin(false) : known;
      trace = known;
    }
    return known;
  }

  /** Has the spans of this call recorded. */
  void traced(SpanExporter exporter) {
    CallTrace begun = new CallTrace(exporter, TraceContext.of(headers));
    spans = begun;
    whenAnswered(() -> begun.ended(this));
  }

  /** The spans of this call, or null when they are not recorded. */
  public @Nullable CallTrace spans() {
    return spans;
  }

  /** The caller's connection, as the place where the answer of a node goes. */
  public CallerOutlet outlet() {
    return new CallerOutlet(request, this::ended);
  }

  /** The last answer on this connection, which its caller is told. */
  void closesConnection() {
    if (request.version() == HttpVersion.HTTP_2) {
      request.connection().shutdown(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS);
    } else {
      header("Connection", "close");
    }
  }

  /** The request as the server has it. */
  public HttpServerRequest request() {
    return request;
  }

  /** Its method. */
  public HttpMethod method() {
    return method;
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
  public boolean is(HttpMethod asked) {
    return method.equals(asked);
  }

  /** Refuses a method that is none of {@code allowed}. */
  public void allow(HttpMethod... allowed) {
    for (HttpMethod one : allowed) {
      if (is(one)) {
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
    for (HttpMethod one : allowed) {
      text.append(one.name()).append(", ");
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
    bytes(status, Json.MEDIA_TYPE, Buffer.buffer(json));
  }

  /** Answers a record as JSON. */
  public void json(int status, Object value) {
    json(status, Json.write(value));
  }

  /** Answers one page of a list. */
  public <T> void page(Class<T> type, Page<T> page) {
    json(200, Json.writePage(type, page));
  }

  /**
   * Answers JSON that is the same until another version runs, or 304 to who has it. Its CID is its
   * entity tag.
   */
  void document(Buffer json) {
    Cid cid = Cid.of(Multicodec.RAW, json.getBytes());
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      ended();
      return;
    }
    String known = String.join(", ", headers.values("If-None-Match"));
    boolean unchanged = !known.isEmpty() && ETags.noneMatch(known, cid);
    if (unchanged) {
      response.setStatusCode(304);
      API_HEADERS.forEach(response::putHeader);
    } else {
      api(200, Json.MEDIA_TYPE);
    }
    response.putHeader("ETag", ETags.of(cid)).putHeader("Cache-Control", "no-cache");
    if (unchanged) {
      finish(response, response::end);
    } else {
      end(response, json);
    }
  }

  /** Adds a header to the answer to come. */
  public void header(String name, String value) {
    request.response().putHeader(name, value);
  }

  /** Answers with what was answered before; its header lines stand in the answer already. */
  public void replay(int status, Buffer bytes) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      ended();
      return;
    }
    response.setStatusCode(status);
    boolean bodiless = status == 204 || status == 304;
    if (bodiless) {
      finish(response, response::end);
    } else {
      end(response, bytes);
    }
  }

  /** Prepares an answer of the gateway's own whose end is not known yet. */
  public HttpServerResponse stream(String type) {
    HttpServerResponse response = api(200, type);
    return is(HttpMethod.HEAD) ? response : response.setChunked(true);
  }

  /**
   * Runs {@code then} when the answer has ended or its connection is gone, at once when that is so;
   * several may ask.
   */
  public void whenAnswered(Runnable then) {
    if (over) {
      then.run();
    } else {
      ends.add(then);
    }
  }

  /**
   * Has the end of the answer told when all others were: a gateway that stops waits for this, and
   * then takes no line of a log any more.
   */
  void endsWith(Runnable told) {
    last = told;
  }

  /** The answer has ended or its connection is gone. */
  void ended() {
    over = true;
    List<Runnable> all = ends;
    ends = List.of(); // whoever asks from now on is told at once
    all.forEach(Runnable::run);
    Runnable told = last;
    last = () -> {};
    told.run();
  }

  /** Has the outcome recorded before it is answered. */
  void audit(AuditedAction begun) {
    action = begun;
  }

  /** Says what the action that is recorded was done to, and what came of it. */
  void acted(String object, @Nullable String detail) {
    AuditedAction begun = action;
    if (begun != null) {
      begun.on(object, detail);
    }
  }

  /** Records what was done before anything is said about it, also when nobody listens any more. */
  private void recorded(String outcome, Runnable then) {
    AuditedAction begun = action;
    action = null;
    if (begun == null) {
      then.run();
    } else {
      begun.record(vertx, outcome).onComplete(_ -> then.run(), this::fail);
    }
  }

  /** Whether a request comes from this machine itself, and not through a proxy on it. */
  boolean isOverLoopback() {
    if (PROXY_HEADERS.stream().anyMatch(name -> !headers.values(name).isEmpty())) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(request.remoteAddress().hostAddress()).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Answers bytes of the gateway's own. */
  public void bytes(int status, String type, Buffer bytes) {
    recorded(AuditEntry.DONE, () -> send(status, type, bytes));
  }

  /** Answers bytes of the gateway's own that may be kept. */
  void cached(String type, String caching, Buffer bytes) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      ended();
      return;
    }
    end(api(200, type).putHeader("Cache-Control", caching), bytes);
  }

  private void send(int status, String type, Buffer bytes) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      ended();
      return;
    }
    end(api(status, type), bytes);
  }

  private void end(HttpServerResponse response, Buffer bytes) {
    if (is(HttpMethod.HEAD)) {
      response.putHeader("Content-Length", Integer.toString(bytes.length()));
      finish(response, response::end);
    } else {
      finish(response, () -> response.end(bytes));
    }
  }

  /**
   * An answer of the gateway's own has ended when it is written, or cannot be. The server's handler
   * would run as soon as it is queued, and not at all when the caller is quick to close.
   */
  private void finish(HttpServerResponse response, Supplier<Future<Void>> end) {
    response.endHandler(null);
    Future<Void> written = end.get();
    written.onComplete(_ -> ended());
    body.drain(vertx, written);
  }

  /** Answers without a body. */
  public void noContent() {
    recorded(AuditEntry.DONE, this::sendNothing);
  }

  private void sendNothing() {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      ended();
      return;
    }
    response.setStatusCode(204);
    API_HEADERS.forEach(response::putHeader);
    finish(response, response::end);
  }

  /** Answers with what {@code work} brings, or with its failure. */
  public <T> void answer(Future<T> work, Consumer<T> answer) {
    work.onComplete(
        value -> {
          try {
            answer.accept(value);
          } catch (RuntimeException e) {
            fail(e);
          }
        },
        this::fail);
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
    recorded(problem.code().code(), () -> send(problem));
  }

  private void send(Problem problem) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.ended() || response.closed()) {
      ended();
      return;
    }
    response.setStatusCode(problem.status());
    if (KnownRefusal.isFor(problem) && response.headers().isEmpty() && !is(HttpMethod.HEAD)) {
      KnownRefusal refusal = KnownRefusal.of(problem);
      MultiMap _ = response.headers().setAll(refusal.head());
      end(response, refusal.body());
      return;
    }
    KnownRefusal.lines(problem, response::putHeader);
    if (problem.code() == ErrorCode.UNAUTHORIZED) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    end(response, Buffer.buffer(problem.toJson()));
  }
}
