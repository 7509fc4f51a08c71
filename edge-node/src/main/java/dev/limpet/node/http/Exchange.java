package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.Paths;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.audit.AuditEntry;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. What the server gets wrong or leaves to its users is done here once:
 * HEAD never has a body, a problem is always a problem document, a body is read within a limit, and
 * a connection whose request was not read to its end is closed after the answer.
 */
public final class Exchange {
  private static final HeaderName LIMPET_ERROR = HeaderNames.create(Headers.ERROR);

  private final ServerRequest request;
  private final ServerResponse response;
  private @Nullable RequestBody body;
  private @Nullable RequestTarget target;
  private final AtomicLong sent = new AtomicLong();
  private boolean begun;
  private boolean closing;
  private boolean forGateway;
  private @Nullable AuditedAction action;
  private @Nullable Cid function;

  Exchange(ServerRequest request, ServerResponse response) {
    this.request = request;
    this.response = response;
  }

  /** Says who asks. */
  void forGateway(boolean gatewayAsks) {
    forGateway = gatewayAsks;
  }

  /** Whether the gateway asks, which writes its own answer from the one that it gets. */
  boolean isForGateway() {
    return forGateway;
  }

  /** The method in upper case, as it was sent. */
  public String method() {
    return request.prologue().method().text();
  }

  boolean isHead() {
    return method().equals("HEAD");
  }

  /** Path and query as they stood in the request line. */
  String rawTarget() {
    HttpPrologue prologue = request.prologue();
    if (prologue.fragment().hasValue()) {
      throw new LimpetException(ErrorCode.BAD_PATH, "a request target has no fragment (#)");
    }
    String path = prologue.uriPath().rawPath();
    return prologue.hasQuery() ? path + "?" + prologue.query().rawValue() : path;
  }

  /** The path as it stood in the request line, whether or not it parses. */
  String rawPath() {
    return request.prologue().uriPath().rawPath();
  }

  /** The status of the answer. */
  int status() {
    return response.status().code();
  }

  /** A header of the answer, or null. */
  @Nullable String answered(String name) {
    HeaderName header = HeaderNames.create(name);
    return response.headers().contains(header) ? response.headers().get(header).get() : null;
  }

  /** Bytes of the request's body that were read. */
  long received() {
    RequestBody open = body;
    return open == null ? 0 : open.count();
  }

  /** Says which function was called. */
  void calls(Cid called) {
    function = called;
  }

  /** The function that was called, or null. */
  @Nullable String function() {
    Cid called = function;
    return called == null ? null : called.toString();
  }

  /** The address of the client. */
  String remote() {
    return PeerAddress.host(request.remotePeer().address());
  }

  /** Has the outcome recorded before it is answered. */
  void audit(AuditedAction started) {
    action = started;
  }

  /** Says what the action that is recorded was done to, and what came of it. */
  public void acted(String object, @Nullable String detail) {
    AuditedAction started = action;
    if (started != null) {
      started.on(object, detail);
    }
  }

  /**
   * Records the outcome of an action, once, if there is one; an answer in one piece does it itself,
   * one that is streamed before its last bytes leave.
   *
   * @param outcome {@link AuditEntry#DONE} or the code of an error
   */
  public void record(String outcome) {
    AuditedAction started = action;
    action = null;
    if (started != null) {
      started.record(outcome);
    }
  }

  /** What the target means. */
  public RequestTarget target() {
    RequestTarget known = target;
    if (known == null) {
      known = Paths.parse(rawTarget());
      target = known;
    }
    return known;
  }

  /** The first value of a header, or null. */
  public @Nullable String header(HeaderName name) {
    return request.headers().contains(name) ? request.headers().get(name).get() : null;
  }

  /** All lines of a header joined by a comma, or empty. */
  Optional<String> joined(HeaderName name) {
    List<String> lines = lines(name);
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(",", lines));
  }

  /**
   * All lines of a header. The server's own way to them is a stream of streams, which the most
   * requests, that lack the header, need not pay for.
   */
  List<String> lines(HeaderName name) {
    return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
  }

  /** Length of the request's body: 0 without one, -1 when it is chunked. */
  long contentLength() {
    if (request.headers().contains(HeaderNames.TRANSFER_ENCODING)) {
      return -1;
    }
    return request.headers().contentLength().orElse(0);
  }

  /** The request's body. Every call gives the same stream; the first one sets its limit. */
  public RequestBody body(long maxBytes) {
    RequestBody open = body;
    if (open == null) {
      if (contentLength() > maxBytes) {
        throw new LimpetException(
            ErrorCode.BODY_TOO_LARGE,
            "the body has "
                + contentLength()
                + " bytes, at most "
                + maxBytes
                + " are allowed here");
      }
      InputStream in =
          contentLength() == 0 ? InputStream.nullInputStream() : request.content().inputStream();
      open = new RequestBody(in, maxBytes);
      body = open;
    }
    return open;
  }

  /** The whole body in memory. */
  byte[] bodyBytes(int maxBytes) {
    try {
      return body(maxBytes).readAllBytes();
    } catch (IOException e) {
      throw RequestBody.fault(e);
    }
  }

  /** Whether the client would send more of its request. */
  private boolean hasUnreadBody() {
    RequestBody open = body;
    if (contentLength() == 0 || (open != null && open.ended())) {
      return false;
    }
    return open == null || contentLength() < 0 || open.count() < contentLength();
  }

  /** Sends what the server holds back of a streamed answer: its last chunk and its trailers. */
  void commit() {
    if (response instanceof RoutingResponse held) {
      held.commit();
    }
  }

  private void announceClose() {
    closing = true;
    response.headers().set(HeaderValues.CONNECTION_CLOSE);
  }

  /** Whether the client was told that the connection ends with this answer. */
  boolean mustClose() {
    return closing;
  }

  /** Closes the connection after the answer when the client says that it is its last request. */
  void closeIfAsked() {
    for (String line : lines(HeaderNames.CONNECTION)) {
      for (String option : line.split(",", -1)) {
        if (option.strip().equalsIgnoreCase("close")) {
          announceClose();
        }
      }
    }
  }

  boolean isAnswered() {
    return begun || response.isSent();
  }

  /** Whether the answer's head may have left, so that nothing else can be answered. */
  public boolean hasBegun() {
    return isAnswered();
  }

  /** All values of a header, by its name in any case. */
  public List<String> lines(String name) {
    return lines(KnownNames.of(name));
  }

  /** Refuses other methods than these. */
  void allow(String... methods) {
    for (String method : methods) {
      if (method.equals(method())) {
        return;
      }
    }
    String allowed = String.join(", ", methods);
    set(HeaderNames.ALLOW, allowed);
    throw new LimpetException(
        ErrorCode.METHOD_NOT_ALLOWED, method() + " is not allowed here; allowed: " + allowed);
  }

  /** Sets a header of the answer. */
  public void set(HeaderName name, String value) {
    response.headers().set(name, value);
  }

  /** Sets a header of the answer that is made already. */
  void set(Header header) {
    response.headers().set(header);
  }

  /**
   * Adds a line of a header of the answer beside those that are there. The server's own way forgets
   * the lines of a header that was made in advance.
   */
  void add(String name, String value) {
    HeaderName header = HeaderNames.create(name);
    List<String> lines = new ArrayList<>(response.headers().values(header));
    lines.add(value);
    response.headers().set(header, lines);
  }

  /** Takes a header of the answer away. */
  public void remove(HeaderName name) {
    response.headers().remove(name);
  }

  /** Sets a header of the answer. */
  public void set(HeaderName name, long value) {
    response.headers().set(name, Long.toString(value));
  }

  /** Answers with a body in memory; HEAD gets its length alone. */
  public void answer(int status, String contentType, byte[] bytes) {
    response.headers().set(HeaderNames.CONTENT_TYPE, contentType);
    answer(status, bytes);
  }

  /** Answers with a body in memory whose type was set before. */
  public void answerBytes(int status, byte[] bytes) {
    answer(status, bytes);
  }

  /** The same with the first bytes of an array, which is handed over. */
  void answerBytes(int status, byte[] bytes, int length) {
    answer(status, length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
  }

  private void answer(int status, byte[] bytes) {
    record(AuditEntry.DONE);
    closeIfUnread();
    response.status(status);
    if (isHead()) {
      response.headers().set(HeaderNames.CONTENT_LENGTH, Long.toString(bytes.length));
      response.send();
    } else {
      sent.addAndGet(bytes.length);
      send(bytes);
    }
  }

  private void send(byte[] bytes) {
    boolean small = bytes.length > 0 && bytes.length <= AnswerArrays.ARRAY_BYTES;
    if (small && GuardedWriter.HERE.isBound()) {
      response.headers().set(HeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length));
      GuardedWriter.HERE.get().writeBody(bytes, response::send);
    } else {
      response.send(bytes);
    }
  }

  /** Answers with a record of the protocol. */
  void answerJson(int status, Object value) {
    answer(status, Json.MEDIA_TYPE, Json.write(value));
  }

  /** Answers with a page of a list. */
  <T> void answerPage(Class<T> itemType, Page<T> page) {
    answer(200, Json.MEDIA_TYPE, Json.writePage(itemType, page));
  }

  /** Answers without a body. */
  public void answerEmpty(int status) {
    record(AuditEntry.DONE);
    closeIfUnread();
    response.status(status);
    response.send();
  }

  /** Answers HEAD: what a GET would have, without the body. */
  void answerHead(int status, long contentLength) {
    closeIfUnread();
    response.status(status);
    if (contentLength >= 0) {
      response.headers().set(HeaderNames.CONTENT_LENGTH, Long.toString(contentLength));
    } else {
      response.headers().set(HeaderValues.TRANSFER_ENCODING_CHUNKED);
    }
    response.send();
  }

  /**
   * Starts an answer that is streamed; the caller closes the stream only when all is well. That the
   * connection ends is not announced here: most requests are read to their end meanwhile, and a
   * client that has paused may lose what lies before the end of a connection.
   */
  public OutputStream stream(int status, long contentLength) {
    begun = true;
    response.status(status);
    if (contentLength >= 0) {
      response.headers().set(HeaderNames.CONTENT_LENGTH, Long.toString(contentLength));
    }
    return new CountedStream(response.outputStream(), sent);
  }

  /** Starts an answer like {@link #stream} whose length is not known and may be large. */
  OutputStream chunks(int status) {
    begun = true;
    response.status(status);
    return new ChunkedStream(response, sent);
  }

  /** Sends the head of a streamed answer, if nothing was written yet. */
  void flushHead() {
    HeadFlush.send(response);
  }

  /** Names the trailers of a streamed answer; must come before the stream. */
  public void announceTrailers(List<String> names) {
    response.headers().set(HeaderNames.TRAILER, String.join(", ", names));
  }

  /** Sets a trailer that was named. */
  public void trailer(HeaderName name, String value) {
    response.trailers().set(name, value);
  }

  /** Answers with a problem document. */
  public void problem(Problem problem) {
    record(problem.code().code());
    set(LIMPET_ERROR, problem.code().code());
    set(HeaderNames.CACHE_CONTROL, "no-store");
    response.headers().remove(HeaderNames.ETAG);
    if (problem.code() == ErrorCode.UNAUTHORIZED) {
      set(HeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    problem.retryAfterSeconds().ifPresent(seconds -> set(HeaderNames.RETRY_AFTER, seconds));
    answer(problem.status(), Problem.MEDIA_TYPE, problem.toJson());
  }

  /** Bytes of the answer's body so far. */
  long sent() {
    return sent.get();
  }

  private void closeIfUnread() {
    if (hasUnreadBody()) {
      announceClose();
    }
  }

  /** Whether the answer closes the connection with some of the request still under way. */
  boolean mustLinger() {
    return hasUnreadBody();
  }
}
