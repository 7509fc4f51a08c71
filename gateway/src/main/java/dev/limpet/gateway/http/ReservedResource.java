package dev.limpet.gateway.http;

import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** What has its place in the surface and is not built yet: it says so, and what to do instead. */
final class ReservedResource implements Resource {
  private final Door door;
  private final List<String> place;
  private final List<HttpMethod> methods;
  private final String instead;

  /**
   * Keeps a place.
   *
   * @param place the segments after its name; an empty one stands for any
   */
  ReservedResource(Door door, List<String> place, List<HttpMethod> methods, String instead) {
    this.door = door;
    this.place = place;
    this.methods = methods;
    this.instead = instead;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    if (rest.size() != place.size()) {
      return List.of();
    }
    for (int i = 0; i < rest.size(); i++) {
      if (!place.get(i).isEmpty() && !place.get(i).equals(rest.get(i))) {
        return List.of();
      }
    }
    return methods;
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    door.ask(exchange.headers());
    throw LimpetException.notImplemented(instead);
  }
}
