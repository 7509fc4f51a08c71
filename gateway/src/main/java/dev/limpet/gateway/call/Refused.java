package dev.limpet.gateway.call;

import dev.limpet.gateway.proxy.RetryRule.Reached;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Problem;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells answers of a node from its refusals: what says that the call should go elsewhere, and what
 * is between gateway and node and no business of the caller.
 */
final class Refused {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  private static final int FIRST_ERROR_STATUS = 400;
  private static final int NOT_MODIFIED = 304;

  private Kind last = Kind.NONSENSE;

  private enum Kind {
    /** An answer: of the function, or an error that any node would give. */
    ANSWER(null, true),
    /** Too much to do, or stopping. */
    BUSY(Reached.REFUSED, true),
    /** The data was there when it was announced. */
    NOT_HELD(Reached.REFUSED, false),
    /** It does not know this gateway: it was started again and has not joined yet. */
    STRANGER(Reached.REFUSED, false),
    /** It could not get the function. */
    NO_FUNCTION(Reached.REFUSED, false),
    /** It cannot reach this gateway to get the function. */
    CUT_OFF(Reached.REFUSED, true),
    /** It failed for want of memory, or of a block, or by its disk. */
    FAILED(Reached.ENDED, true),
    /** It answered what a node does not answer. */
    NONSENSE(Reached.REQUEST, false);

    private final @Nullable Reached reached;
    private final boolean shown;

    Kind(@Nullable Reached reached, boolean shown) {
      this.reached = reached;
      this.shown = shown;
    }
  }

  /** How far the node came when this is a refusal; null when it is an answer. */
  @Nullable Reached judge(HttpClientResponse answer) {
    last = kind(answer);
    return last.reached;
  }

  /** Whether the refusal that was judged last may be the caller's answer. */
  boolean isShown() {
    return last.shown;
  }

  /** Whether the node that was judged last has too much to do. */
  boolean isBusy() {
    return last == Kind.BUSY;
  }

  /** Whether the node that was judged last does not have the data. */
  boolean isNotHeld() {
    return last == Kind.NOT_HELD;
  }

  private static Kind kind(HttpClientResponse answer) {
    if (answer.statusCode() < FIRST_ERROR_STATUS) {
      return isForeignRedirect(answer) ? Kind.NONSENSE : Kind.ANSWER;
    }
    String code = answer.getHeader(Headers.ERROR);
    if (code == null) {
      return answer.headers().contains(Headers.EXECUTION) ? Kind.ANSWER : Kind.NONSENSE;
    }
    return ErrorCode.parse(code).map(Refused::kind).orElse(Kind.ANSWER);
  }

  /**
   * Whether an answer sends the caller elsewhere without a function having said so. A node itself
   * sends only to a directory, which is below {@code /ipfs/} here as there.
   */
  private static boolean isForeignRedirect(HttpClientResponse answer) {
    boolean redirect = answer.statusCode() / 100 == 3 && answer.statusCode() != NOT_MODIFIED;
    if (!redirect || answer.headers().contains(Headers.EXECUTION)) {
      return false;
    }
    String location = answer.getHeader("Location");
    return location == null || !location.startsWith("/ipfs/");
  }

  @SuppressWarnings("StatementSwitchToExpressionSwitch")
  private static Kind kind(ErrorCode code) {
    return switch (code) {
      case OVERLOADED, DRAINING -> Kind.BUSY;
      case NOT_HELD -> Kind.NOT_HELD;
      case UNAUTHORIZED, FORBIDDEN, WRONG_HOST, NOT_FOUND, METHOD_NOT_ALLOWED -> Kind.STRANGER;
      case FUNCTION_NOT_FOUND -> Kind.NO_FUNCTION;
      case UNREACHABLE -> Kind.CUT_OFF;
      case NODE_MEMORY, DATA_UNAVAILABLE, STORE_FAILED -> Kind.FAILED;
      default -> Kind.ANSWER;
    };
  }

  /** What the caller hears in place of the refusal that was judged last. */
  Problem problem() {
    return switch (last) {
      case NOT_HELD ->
          Problem.of(
                  ErrorCode.DATA_UNAVAILABLE,
                  "the nodes that announced this data do not have it any more; try again soon")
              .withRetryAfter(RETRY_AFTER);
      case STRANGER ->
          Problem.of(
                  ErrorCode.NO_NODE,
                  "the node was started again and has not joined yet; try again soon")
              .withRetryAfter(RETRY_AFTER);
      case NO_FUNCTION ->
          Problem.of(ErrorCode.NODE_FAILED, "the node could not get the function from here");
      case ANSWER, BUSY, CUT_OFF, FAILED, NONSENSE ->
          Problem.of(ErrorCode.NODE_FAILED, "the node answered something that is no answer");
    };
  }
}
