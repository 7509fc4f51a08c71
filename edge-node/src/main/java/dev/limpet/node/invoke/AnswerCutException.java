package dev.limpet.node.invoke;

import dev.limpet.protocol.Problem;

/**
 * An Execution failed after the first byte of its answer had left: the connection must be cut, so
 * that nobody takes what came for the whole.
 */
public final class AnswerCutException extends RuntimeException {
  private final transient Problem problem;

  AnswerCutException(Problem problem) {
    super("an answer was cut: " + problem.code().code() + ": " + problem.detail());
    this.problem = problem;
  }

  /** Why. */
  public Problem problem() {
    return problem;
  }
}
