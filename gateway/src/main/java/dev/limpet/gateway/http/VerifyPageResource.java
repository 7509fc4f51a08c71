package dev.limpet.gateway.http;

import dev.limpet.protocol.QueryParameters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * {@code GET /v1/verify}: a page that checks the file of a receipt in the browser. It is the same
 * for everybody and needs nothing else of the gateway.
 */
final class VerifyPageResource implements Resource {
  private static final String FILE = "verify.html";

  private final Buffer page = read();

  private static Buffer read() {
    try (InputStream in = VerifyPageResource.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not in this build");
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.isEmpty() ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    query.onlyKnown(List.of());
    exchange.bytes(200, "text/html; charset=utf-8", page);
  }
}
