package dev.limpet.gateway.http;

import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Problem;
import java.util.function.BiConsumer;

/** The header lines that say what problem an answer is. */
public final class ProblemLines {
  private ProblemLines() {}

  /** Hands each line over, by its name. */
  public static void of(Problem problem, BiConsumer<String, String> to) {
    to.accept("Content-Type", Problem.MEDIA_TYPE);
    to.accept(Headers.ERROR, problem.code().code());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> to.accept("Retry-After", Long.toString(seconds)));
  }
}
