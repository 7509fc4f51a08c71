package dev.limpet.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The one unchecked exception for what cannot be done: it carries the {@link Problem} that the
 * caller gets. Each server has one mapper that turns it into an answer; everything else that
 * escapes is {@link ErrorCode#INTERNAL}. {@link ErrorCode#OVERLOADED} comes without a stack trace.
 */
public final class LimpetException extends RuntimeException {
  private static final int NOT_IMPLEMENTED = 501;

  private final transient Problem problem;

  /** A problem with a sentence that says what was wrong and what to do. */
  public LimpetException(ErrorCode code, String detail) {
    this(Problem.of(code, detail), null);
  }

  /** As above, with the cause for the log; the cause never reaches the caller. */
  public LimpetException(ErrorCode code, String detail, @Nullable Throwable cause) {
    this(Problem.of(code, detail), cause);
  }

  /** A problem with more than a sentence: holders, an exit code, when to try again. */
  public LimpetException(Problem problem) {
    this(problem, null);
  }

  /** As above, with the cause for the log. */
  public LimpetException(Problem problem, @Nullable Throwable cause) {
    // Who has too much to do says so thousands of times a second: taking down from where is what
    // costs most of that.
    super(
        problem.code().code() + ": " + problem.detail(),
        cause,
        true,
        problem.code() != ErrorCode.OVERLOADED);
    this.problem = problem;
  }

  /** A whole resource that this build does not have: 501 {@code not-supported}. */
  public static LimpetException notImplemented(String detail) {
    return new LimpetException(
        Problem.of(ErrorCode.NOT_SUPPORTED, detail).withStatus(NOT_IMPLEMENTED));
  }

  /** What the caller gets. */
  public Problem problem() {
    return problem;
  }

  /** Short for {@code problem().code()}. */
  public ErrorCode code() {
    return problem.code();
  }
}
