package dev.limpet.node.invoke;

import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Task;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a function of the kind {@code http} sees of its request (RFC 3875, section 4.1): only what
 * enters its Task. Who asks, from where, and under which host name is not among it.
 */
final class CgiVariables {
  private CgiVariables() {}

  /**
   * The variables.
   *
   * @param task has the headers that the manifest lists
   * @param bodyLength bytes of the body, 0 without one, -1 when unknown
   */
  static Map<String, String> of(Invocation invocation, Task task, long bodyLength) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("GATEWAY_INTERFACE", "CGI/1.1");
    variables.put("SERVER_PROTOCOL", "HTTP/1.1");
    variables.put("REQUEST_METHOD", invocation.method());
    variables.put("SCRIPT_NAME", "");
    variables.put("PATH_INFO", invocation.path());
    variables.put("QUERY_STRING", invocation.query());
    if (invocation.contentType() != null) {
      variables.put("CONTENT_TYPE", invocation.contentType());
    }
    if (bodyLength > 0) {
      variables.put("CONTENT_LENGTH", Long.toString(bodyLength));
    }
    task.headers()
        .forEach(
            (name, value) ->
                variables.put("HTTP_" + name.toUpperCase(Locale.ROOT).replace('-', '_'), value));
    return variables;
  }
}
