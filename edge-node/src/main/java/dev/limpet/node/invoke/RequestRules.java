package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import java.util.List;

/** What a caller may ask of a function. */
final class RequestRules {
  /** What {@code Allow} says. */
  static final String METHODS = "GET, HEAD, POST";

  private static final List<String> PARAMETERS = List.of("arg");

  private RequestRules() {}

  /**
   * Checks what holds for every kind of function.
   *
   * @param bodyLength as the request itself says, -1 when it does not
   * @throws LimpetException that says which
   */
  static void check(Invocation invocation, long bodyLength) {
    if (invocation.method().equals("GET") && bodyLength != 0) {
      throw new LimpetException(
          ErrorCode.BODY_NOT_ALLOWED, "send a body with POST, or leave it out");
    }
  }

  /**
   * Checks method, path and query of a call of a function of a kind other than {@code http}.
   *
   * @throws LimpetException that says which
   */
  static void checkPlain(Invocation invocation) {
    if (!invocation.method().equals("GET") && !invocation.method().equals("POST")) {
      throw new LimpetException(
          ErrorCode.METHOD_NOT_ALLOWED, "this function takes " + METHODS + " only");
    }
    if (!invocation.path().isEmpty()) {
      throw new LimpetException(
          ErrorCode.BAD_PATH, "this function has no path below it; give it arguments with arg=");
    }
    if (!invocation.query().isEmpty()) {
      QueryParameters.parse(invocation.query()).onlyKnown(PARAMETERS);
    }
  }
}
