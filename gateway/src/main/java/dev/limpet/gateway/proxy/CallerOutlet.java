package dev.limpet.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * The connection of the caller.
 *
 * @param request its request
 */
public record CallerOutlet(HttpServerRequest request) implements Outlet {
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
    out().closeHandler(_ -> then.run());
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
  public void chunked() {
    out().setChunked(true);
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
    out().end();
  }

  @Override
  public void end(Buffer data) {
    out().end(data);
  }

  @Override
  public void cut() {
    out().reset();
  }
}
