package dev.limpet.gateway.proxy;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Streams the answer of a node to the caller at the pace of the slower of the two.
 *
 * <p>A short answer of known length is gathered first and leaves in one write; everything else is
 * passed on as it comes, and the node is not read while the caller's queue is full. An answer is
 * ended only when the node ended it.
 */
final class Relay {
  /** How the streaming ended. */
  enum End {
    /** The node's answer reached its end, and so did the caller's. */
    WHOLE,
    /** The node went away before anything was written to the caller. */
    LOST_UNSEEN,
    /** The node went away after the head was written: the caller's answer must be cut. */
    LOST
  }

  private final Vertx vertx;
  private final Outlet out;
  private final Route route;
  private final Handler<End> done;
  private final Handler<RuntimeException> mistake;
  private long bytes;
  private @Nullable Buffer gathered;
  private @Nullable HttpClientResponse from;
  private @Nullable HttpClientResponse head;
  private boolean ended;
  private Set<String> ofConnection = Set.of();

  /**
   * A relay that has not begun.
   *
   * @param done hears how it ended
   * @param mistake hears instead what was thrown meanwhile
   */
  Relay(
      Vertx vertx, Outlet out, Route route, Handler<End> done, Handler<RuntimeException> mistake) {
    this.vertx = vertx;
    this.out = out;
    this.route = route;
    this.done = done;
    this.mistake = mistake;
  }

  /** Bytes of the body given to the caller's connection so far. */
  long bytes() {
    return bytes;
  }

  /** Must be called in the handler that brought {@code in}: its handlers are set here. */
  void start(HttpClientResponse in) {
    from = in;
    ofConnection = AnswerHeaders.ofConnection(in.headers());
    long length = length(in);
    boolean empty = isWithoutBody(in);
    if (!empty && length >= 0 && length <= Route.MAX_GATHERED_BYTES) {
      gathered = Buffer.buffer((int) length);
      in.handler(guarded(data -> gather(in, data, length)));
    } else if (empty) {
      in.handler(_ -> {});
    } else {
      writeHead(in, length < 0);
      in.handler(guarded(data -> forward(in, data)));
      sendHeadSoon();
    }
    in.exceptionHandler(_ -> broken());
    in.endHandler(guarded(_ -> end(in)));
  }

  /** What throws must not leave the caller waiting. */
  private <T> Handler<T> guarded(Handler<T> handler) {
    return event -> {
      try {
        handler.handle(event);
      } catch (RuntimeException e) {
        mistake.handle(e);
      }
    };
  }

  /**
   * Nobody wants more of an answer whose request is written: drops the connection if the answer is
   * still coming. It may have ended behind what was not read here: then its connection waits for
   * another request, or carries one already, which a reset of this one would break. Reading the
   * rest tells which: Vert.x hands over what it keeps in the next task of this event loop.
   */
  void abandon() {
    HttpClientResponse in = from;
    if (in == null || ended) {
      return;
    }
    in.handler(_ -> {});
    in.exceptionHandler(_ -> ended = true);
    in.endHandler(_ -> ended = true);
    in.resume();
    vertx.runOnContext(
        _ -> {
          if (!ended) {
            in.request().reset();
          }
        });
  }

  private void broken() {
    ended = true;
    if (out.hasHead()) {
      done.handle(End.LOST);
    } else {
      dropHead();
      done.handle(End.LOST_UNSEEN);
    }
  }

  /** What stands in the head of an answer that was not sent is none of the one that is. */
  void dropHead() {
    HttpClientResponse prepared = head;
    if (prepared != null && !out.hasHead()) {
      AnswerHeaders.drop(prepared.headers(), ofConnection, out.headers());
      out.chunked(false);
      head = null;
    }
  }

  /**
   * Whether the end of this answer can only be told by the last chunk, and the caller does not know
   * chunks.
   */
  boolean isBeyondCaller(HttpClientResponse in) {
    return !out.knowsChunks() && length(in) < 0 && !isWithoutBody(in);
  }

  private boolean isWithoutBody(HttpClientResponse in) {
    return isHead() || in.statusCode() == 204 || in.statusCode() == 304;
  }

  private boolean isHead() {
    return out.isHead();
  }

  private static long length(HttpClientResponse in) {
    String length = in.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? -1 : Long.parseLong(length.trim());
  }

  private void writeHead(HttpClientResponse in, boolean chunked) {
    head = in;
    out.status(in.statusCode());
    AnswerHeaders.copyAnswer(in.headers(), ofConnection, out.headers());
    if (isWithoutBody(in) && !isHead()) {
      out.headers().remove("Content-Length"); // RFC 9110, 8.6: never with 204
    }
    route.head(in, out.headers());
    if (chunked) {
      out.chunked(true);
    }
  }

  /**
   * The head leaves with the first bytes of the body if they are there already, else alone; not
   * when it was dropped meanwhile, and another node is asked.
   */
  private void sendHeadSoon() {
    vertx.runOnContext(
        _ -> {
          if (head != null && !out.hasHead() && !out.isGone()) {
            out.writeHead();
          }
        });
  }

  private void gather(HttpClientResponse in, Buffer data, long length) {
    Buffer so = gathered;
    if (so == null) {
      return;
    }
    if (so.length() == 0 && data.length() == length) {
      gathered = data;
      return;
    }
    so.appendBuffer(data);
    if (so.length() > length) {
      in.request().reset();
    }
  }

  private void forward(HttpClientResponse in, Buffer data) {
    bytes += data.length();
    out.write(data);
    if (out.isFull()) {
      in.pause();
      out.whenWritable(in::resume);
    }
  }

  private void end(HttpClientResponse in) {
    ended = true;
    Buffer small = gathered;
    if (small != null) {
      writeHead(in, false);
      route.whole(in, small, small.length());
      bytes = small.length();
      out.end(small);
    } else {
      if (out.isChunked()) {
        route.trailers(in, out.trailers());
      } else if (isWithoutBody(in)) {
        writeHead(in, false);
      }
      route.whole(in, null, bytes);
      out.end();
    }
    done.handle(End.WHOLE);
  }
}
