package dev.limpet.gateway.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.access.SecurityHeaders;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The answer to calls that are too many, ready to be sent: the same again and again while there are
 * such, when there is least time to put it together. For all threads; a race makes the same twice.
 *
 * @param problem what it says
 * @param head all lines, not to be changed
 * @param body the document
 */
record KnownRefusal(Problem problem, MultiMap head, Buffer body) {
  private static volatile @Nullable KnownRefusal last;

  /** Whether a problem is one that is said often. */
  static boolean isFor(Problem problem) {
    return problem.code() == ErrorCode.OVERLOADED;
  }

  /** The answer that says this. */
  static KnownRefusal of(Problem problem) {
    KnownRefusal known = last;
    if (known == null || !known.problem.equals(problem)) {
      known = made(problem);
      last = known;
    }
    return known;
  }

  private static KnownRefusal made(Problem problem) {
    Buffer body = Buffer.buffer(problem.toJson());
    MultiMap head = lines(problem);
    head.set("Content-Length", Integer.toString(body.length()));
    return new KnownRefusal(problem, head.copy(false), body);
  }

  /** The lines of an answer with a problem, but for how long its body is. */
  static MultiMap lines(Problem problem) {
    MultiMap lines = MultiMap.caseInsensitiveMultiMap();
    SecurityHeaders.api().forEach(lines::set);
    lines.set("Content-Type", Problem.MEDIA_TYPE).set(Headers.ERROR, problem.code().code());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> lines.set("Retry-After", Long.toString(seconds)));
    return lines;
  }
}
