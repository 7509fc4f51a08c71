package dev.limpet.gateway.proxy;

/** When an attempt that brought no answer may be followed by one elsewhere. */
public final class RetryRule {
  private RetryRule() {}

  /** How far an attempt came. */
  public enum Reached {
    /** No connection was made, so no byte was written. */
    NOTHING,
    /** A node may have read the request, and nobody knows what it did. */
    REQUEST,
    /** The node said that it did not start the work. */
    REFUSED,
    /** The node ended the work before its first byte for want of memory. */
    ENDED,
  }

  /**
   * What is known when an attempt ends without an answer for the caller.
   *
   * @param reached how far it came
   * @param repeatable GET or HEAD, a pure function, or a request with an {@code Idempotency-Key}
   * @param bodyUntouched no byte of the caller's body was asked for
   * @param bodyReplayable all of the caller's body is in memory, or there is none
   * @param repeated a second try after {@link Reached#REQUEST} was made already
   */
  public record Situation(
      Reached reached,
      boolean repeatable,
      boolean bodyUntouched,
      boolean bodyReplayable,
      boolean repeated) {}

  /**
   * Whether the next candidate may be tried. Without a byte written always; after a refusal when
   * the body can be sent again; after a broken connection once, and only work that may be done
   * twice.
   */
  public static boolean mayTryNext(Situation now) {
    boolean bodyAtHand = now.bodyUntouched || now.bodyReplayable;
    return switch (now.reached) {
      case NOTHING -> bodyAtHand;
      case REFUSED -> bodyAtHand;
      case ENDED -> bodyAtHand && now.repeatable;
      case REQUEST -> bodyAtHand && now.repeatable && !now.repeated;
    };
  }
}
