package dev.limpet.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** The connection of the caller, or its stream of HTTP/2. */
public final class CallerOutlet implements Outlet {
  /** RFC 9113, section 7: what was answered is not whole, and not by the caller's doing. */
  private static final long INTERNAL_ERROR = 2;

  private final HttpServerRequest request;
  private final Runnable closed;
  private Future<Void> written = Future.succeededFuture();

  /**
   * Answers a request.
   *
   * @param closed run when the connection or the stream is over, besides what else wants to know
   */
  public CallerOutlet(HttpServerRequest request, Runnable closed) {
    this.request = request;
    this.closed = closed;
  }

  private HttpServerResponse out() {
    return request.response();
  }

  @Override
  public boolean isHead() {
    return HttpMethod.HEAD.equals(request.method());
  }

  @Override
  public boolean knowsChunks() {
    return request.version() != HttpVersion.HTTP_1_0;
  }

  @Override
  public boolean isGone() {
    return out().closed();
  }

  @Override
  public void whenGone(Runnable then) {
    out()
        .closeHandler(
            _ -> {
              then.run();
              closed.run();
            });
    out().exceptionHandler(_ -> then.run());
  }

  @Override
  public boolean hasHead() {
    return out().headWritten();
  }

  @Override
  public void status(int code) {
    out().setStatusCode(code);
  }

  @Override
  public MultiMap headers() {
    return out().headers();
  }

  @Override
  public MultiMap trailers() {
    return out().trailers();
  }

  @Override
  public void chunked(boolean unknownLength) {
    out().setChunked(unknownLength);
  }

  @Override
  public boolean isChunked() {
    return out().isChunked();
  }

  @Override
  public void writeHead() {
    out().writeHead();
  }

  @Override
  public void write(Buffer data) {
    out().write(data);
  }

  @Override
  public boolean isFull() {
    return out().writeQueueFull();
  }

  @Override
  public void whenWritable(Runnable then) {
    out().drainHandler(_ -> then.run());
  }

  @Override
  public void end() {
    written = out().end();
  }

  @Override
  public void end(Buffer data) {
    written = out().end(data);
  }

  @Override
  public void cut() {
    out().reset(INTERNAL_ERROR);
  }

  @Override
  public Future<Void> written() {
    return written;
  }
}
