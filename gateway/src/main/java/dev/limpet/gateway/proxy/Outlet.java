package dev.limpet.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * Port: where the answer of a {@link Transfer} goes: to the caller's connection, or to a place that
 * keeps it. Used on the transfer's event loop.
 */
public interface Outlet {
  /** Whether the caller wants no body. */
  boolean isHead();

  /** Whether an answer may have an end that only its last chunk tells. */
  boolean knowsChunks();

  /** Whether nobody waits for the answer any more. */
  boolean isGone();

  /** Runs this when nobody waits any more, before the answer's end. */
  void whenGone(Runnable then);

  /** Whether the head has left, so that an error can only cut the answer. */
  boolean hasHead();

  /** Sets the status. */
  void status(int code);

  /** Header lines, until the head has left. */
  MultiMap headers();

  /** Lines after the last chunk. */
  MultiMap trailers();

  /** Says whether the body has no known length; until the head has left. */
  void chunked(boolean unknownLength);

  /** What {@link #chunked} said last; false before. */
  boolean isChunked();

  /** Sends the head alone. */
  void writeHead();

  /** Takes some of the body. */
  void write(Buffer data);

  /** Whether no more should be written now. */
  boolean isFull();

  /** Runs this when it is no longer full. */
  void whenWritable(Runnable then);

  /** Ends the answer. */
  void end();

  /** Ends the answer with its whole or last part. */
  void end(Buffer data);

  /** Completes when the end has been handed over, at once where there was none. */
  Future<Void> written();

  /** Breaks it off, so that nobody takes it for whole. */
  void cut();
}
