package dev.limpet.gateway.http;

import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One resource of the management API, with what is below it. */
interface Resource {
  /** A resource that is only read. */
  List<HttpMethod> READ = List.of(HttpMethod.GET, HttpMethod.HEAD);

  /**
   * What may be done at a path.
   *
   * @param rest its segments after the resource's own
   * @return the methods; none when nothing can be there
   */
  List<HttpMethod> methods(List<String> rest);

  /**
   * The name under which a request is recorded.
   *
   * @return such as {@code name-set}; null when it changes nothing that people manage
   */
  default @Nullable String action(HttpMethod method, List<String> rest) {
    return null;
  }

  /**
   * Answers a request whose method is one of {@link #methods}; what this throws becomes the answer.
   */
  void handle(Exchange exchange, List<String> rest, QueryParameters query);
}
