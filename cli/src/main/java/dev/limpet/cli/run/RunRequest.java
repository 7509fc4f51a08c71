package dev.limpet.cli.run;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The request of a local run, as far as HTTP goes.
 *
 * @param method empty for GET, or POST when there is a body
 * @param path what follows the function's name, decoded, with a leading slash; or empty
 * @param query as it stands in a URL, without the question mark
 * @param contentType of the body, or null
 * @param headers that the manifest lists, names in lower case
 */
public record RunRequest(
    String method,
    String path,
    String query,
    @Nullable String contentType,
    Map<String, String> headers) {
  private static final String BYTES = "application/octet-stream";

  /** Copies the headers. */
  public RunRequest {
    headers = Map.copyOf(headers);
  }

  String methodFor(RunBody body) {
    if (method.isEmpty()) {
      return body.length() == 0 ? "GET" : "POST";
    }
    return method;
  }

  @Nullable String contentTypeOf(RunBody body) {
    return contentType == null && body.length() != 0 ? BYTES : contentType;
  }
}
