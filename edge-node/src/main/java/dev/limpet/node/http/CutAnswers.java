package dev.limpet.node.http;

import dev.limpet.protocol.BoundedLog;
import dev.limpet.protocol.OneLine;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Says in the log why a client does not have the whole of an answer: it cannot be told any more,
 * and looks for the reason here.
 */
final class CutAnswers {
  private static final System.Logger LOG = System.getLogger(CutAnswers.class.getName());

  private static final int PATH_CHARS = 200;
  private static final int REASON_CHARS = 400;
  private static final int CAUSES = 8;

  private final BoundedLog lines = new BoundedLog(LOG);

  /**
   * An answer has ended before its end, or could not be sent at all.
   *
   * @param why what was thrown
   */
  void add(Exchange exchange, Throwable why) {
    boolean bug = why.getClass().getPackageName().equals("java.lang"); // none that a server throws
    lines.say(
        bug ? Level.ERROR : Level.WARNING,
        exchange.method()
            + " "
            + OneLine.of(exchange.rawPath(), PATH_CHARS)
            + " of "
            + exchange.remote()
            + ": the answer was cut after "
            + exchange.sent()
            + " bytes: "
            + OneLine.of(reason(why), REASON_CHARS),
        bug ? why : null);
  }

  /** What each cause adds: most wrap the one below them, some with its very words. */
  private static String reason(Throwable why) {
    Set<String> said = new LinkedHashSet<>();
    Throwable cause = why;
    for (int i = 0; i < CAUSES && cause != null; i++) {
      String message = cause.getMessage();
      boolean wraps = cause.getCause() != null && cause.getCause().toString().equals(message);
      if (!wraps) {
        said.add(message == null ? cause.getClass().getSimpleName() : message);
      }
      cause = cause.getCause();
    }
    return String.join(": ", said);
  }
}
