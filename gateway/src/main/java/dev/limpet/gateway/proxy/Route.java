package dev.limpet.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Transfer} asks of the one who started it: where to go, what an answer means, what
 * to say when there is none. Called on the transfer's event loop, never after {@link #finished}.
 */
public interface Route {
  /** An answer of known length up to this leaves in one write, with its head. */
  int MAX_GATHERED_BYTES = 16 * 1024;

  /** Why a caller gets no answer of a node. */
  enum Failure {
    /** No candidate could be reached. */
    NOT_CONNECTED,
    /** The connection broke before an answer, and the request may not be repeated. */
    BROKEN,
    /** The time of the request is over. */
    DEADLINE,
    /** The caller's body is over the limit. */
    BODY_TOO_LARGE,
    /** Every node that was asked refused, in a way that says nothing to the caller. */
    REFUSED,
    /** The answer streams, and the caller speaks HTTP/1.0, which cannot tell its end from a cut. */
    NEEDS_HTTP_1_1,
    /** The gateway itself made a mistake. */
    MISTAKE
  }

  /** How a transfer ended. */
  enum Ending {
    /** The answer of a node reached the caller whole. */
    WHOLE,
    /** The answer was cut after its first byte, at the caller's connection too. */
    CUT,
    /** The caller went away. */
    CALLER_GONE,
    /** No node answered; {@link Route#fail} was called. */
    FAILED
  }

  /** Whether {@link #next} has one more place to try. */
  boolean hasNext();

  /** The next place to try; only after {@link #hasNext} said so. */
  Outbound next();

  /** Whether the work may be done twice (GET, HEAD, pure, or with an {@code Idempotency-Key}). */
  boolean isRepeatable();

  /** Whether an answer says that its node did not do the work; null when it is an answer. */
  RetryRule.@Nullable Reached refusal(HttpClientResponse answer);

  /**
   * Whether the caller may see an answer for which {@link #refusal} was not null, when no other
   * node is left; if not, {@link #fail} makes one.
   */
  boolean isShown(HttpClientResponse refusal);

  /**
   * Whether one more attempt is within what is spent on second tries; asked once, just before it.
   */
  boolean affords(RetryRule.Reached reached);

  /** An attempt ended without an answer for the caller. */
  void lost(RetryRule.Reached reached);

  /** Turns the head of a node's answer, already copied to {@code out}, into the caller's. */
  void head(HttpClientResponse answer, MultiMap out);

  /**
   * The node's answer has ended well; the caller sees its end after this.
   *
   * @param body the whole body when the answer was a short one, else null
   * @param bytes of the body
   */
  void whole(HttpClientResponse answer, @Nullable Buffer body, long bytes);

  /** Turns the trailers of a node's answer into the caller's; only for chunked answers. */
  void trailers(HttpClientResponse answer, MultiMap out);

  /** Nothing was sent to the caller and nothing more will be tried: writes the answer. */
  void fail(Failure why);

  /** The attempt on {@code target} may still be running although nobody waits for it. */
  void abandoned(Outbound target);

  /** The end; {@code bytes} of the answer's body were sent to the caller. */
  void finished(Ending ending, long bytes);
}
