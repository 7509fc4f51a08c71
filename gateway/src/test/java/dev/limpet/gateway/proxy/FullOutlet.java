package dev.limpet.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/** A caller who reads nothing after the first part of an answer. */
record FullOutlet(Outlet caller) implements Outlet {
  @Override
  public boolean isFull() {
    return true;
  }

  @Override
  public void whenWritable(Runnable then) {}

  @Override
  public boolean isHead() {
    return caller.isHead();
  }

  @Override
  public boolean knowsChunks() {
    return caller.knowsChunks();
  }

  @Override
  public boolean isGone() {
    return caller.isGone();
  }

  @Override
  public void whenGone(Runnable then) {
    caller.whenGone(then);
  }

  @Override
  public boolean hasHead() {
    return caller.hasHead();
  }

  @Override
  public void status(int code) {
    caller.status(code);
  }

  @Override
  public MultiMap headers() {
    return caller.headers();
  }

  @Override
  public MultiMap trailers() {
    return caller.trailers();
  }

  @Override
  public void chunked(boolean unknownLength) {
    caller.chunked(unknownLength);
  }

  @Override
  public boolean isChunked() {
    return caller.isChunked();
  }

  @Override
  public void writeHead() {
    caller.writeHead();
  }

  @Override
  public void write(Buffer data) {
    caller.write(data);
  }

  @Override
  public void end() {
    caller.end();
  }

  @Override
  public void end(Buffer data) {
    caller.end(data);
  }

  @Override
  public Future<Void> written() {
    return caller.written();
  }

  @Override
  public void cut() {
    caller.cut();
  }
}
