package dev.limpet.gateway.http;

import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** What has its place in the surface and is not built yet: it says so, and what to do instead. */
final class ReservedResource implements Resource {
  private final Door door;
  private final String instead;

  ReservedResource(Door door, String instead) {
    this.door = door;
    this.instead = instead;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST);
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    door.ask(exchange.headers());
    throw LimpetException.notImplemented(instead);
  }
}
