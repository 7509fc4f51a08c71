package dev.limpet.gateway.call;

import dev.limpet.gateway.http.ProblemLines;
import dev.limpet.gateway.proxy.Outlet;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Problem;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is kept in memory for a caller who comes back for it. One that is too long, or
 * that broke off, becomes a problem. Written on the event loop of its transfer; others read it when
 * it has ended.
 */
final class KeptAnswer implements Outlet {
  /** Bytes of one answer's body; times the bound on such calls it is what they may hold. */
  static final int MAX_ASYNC_ANSWER_BYTES = 1 << 20;

  private static final int OK = 200;

  private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
  private final MultiMap trailers = MultiMap.caseInsensitiveMultiMap();
  private int status = OK;
  private Buffer body = Buffer.buffer();
  private @Nullable Runnable gone;
  private @Nullable ErrorCode failure;
  private boolean head;
  private boolean chunked;

  /** What the platform answers in place of the function. */
  void problem(Problem problem) {
    failure = problem.code();
    status = problem.status();
    ProblemLines.of(problem, headers::set);
    body = Buffer.buffer(problem.toJson());
  }

  private void replace(Problem problem) {
    MultiMap kept = MultiMap.caseInsensitiveMultiMap();
    for (String name : new String[] {Headers.EXECUTION, Headers.NODE, Headers.FUNCTION}) {
      if (headers.contains(name)) {
        kept.set(name, headers.get(name));
      }
    }
    headers.clear().setAll(kept);
    problem(problem);
  }

  /** The status of the answer. */
  int status() {
    return status;
  }

  /** The body of the answer. */
  Buffer body() {
    return body;
  }

  /** Why the answer is not that of the function, as far as it was found out here. */
  @Nullable ErrorCode failure() {
    return failure;
  }

  @Override
  public boolean isHead() {
    return false;
  }

  @Override
  public boolean knowsChunks() {
    return true;
  }

  @Override
  public boolean isGone() {
    return failure != null;
  }

  @Override
  public void whenGone(Runnable then) {
    gone = then;
  }

  @Override
  public boolean hasHead() {
    return head;
  }

  @Override
  public void status(int code) {
    status = code;
  }

  @Override
  public MultiMap headers() {
    return headers;
  }

  @Override
  public MultiMap trailers() {
    return trailers;
  }

  @Override
  public void chunked(boolean unknownLength) {
    chunked = unknownLength;
  }

  @Override
  public boolean isChunked() {
    return chunked;
  }

  @Override
  public void writeHead() {
    head = true;
  }

  @Override
  public void write(Buffer data) {
    head = true;
    if (failure != null) {
      return;
    }
    if (body.length() + data.length() <= MAX_ASYNC_ANSWER_BYTES) {
      body.appendBuffer(data);
      return;
    }
    replace(
        Problem.of(
            ErrorCode.OUT_OF_OUTPUT,
            "the answer has more than "
                + ByteSizes.format(MAX_ASYNC_ANSWER_BYTES)
                + ", which is not kept; call without Prefer: respond-async, and it streams"));
    Runnable then = gone;
    if (then != null) {
      then.run();
    }
  }

  @Override
  public boolean isFull() {
    return false;
  }

  @Override
  public void whenWritable(Runnable then) {
    then.run();
  }

  @Override
  public void end() {
    head = true;
    trailers.forEach(line -> headers.set(line.getKey(), line.getValue()));
  }

  @Override
  public void end(Buffer data) {
    write(data);
    end();
  }

  @Override
  public Future<Void> written() {
    return Future.succeededFuture();
  }

  @Override
  public void cut() {
    replace(Problem.of(ErrorCode.ANSWER_CUT, "the answer broke off after its first bytes"));
  }
}
