package dev.limpet.gateway.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.function.BiConsumer;
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
    MultiMap head = MultiMap.caseInsensitiveMultiMap();
    lines(problem, head::set);
    head.set("Content-Length", Integer.toString(body.length()));
    return new KnownRefusal(problem, head.copy(false), body);
  }

  /** The lines of an answer with a problem, but for how long its body is. */
  static void lines(Problem problem, BiConsumer<String, String> to) {
    Exchange.API_HEADERS.forEach(to);
    ProblemLines.of(problem, to);
  }
}
