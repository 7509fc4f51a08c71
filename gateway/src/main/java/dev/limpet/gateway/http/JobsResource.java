package dev.limpet.gateway.http;

import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** {@code /v1/jobs}: reserved; this build has no jobs and says so. */
final class JobsResource implements Resource {
  private final Door door;

  JobsResource(Door door) {
    this.door = door;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST);
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    door.ask(exchange.headers());
    throw LimpetException.notImplemented(
        "this build has no jobs; call the function once for each input");
  }
}
