package dev.limpet.gateway.http;

import dev.limpet.protocol.Abi;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Set;

/** Which methods functions take: what is refused, and what {@code Allow} lists, in one place. */
public final class CallMethods {
  /** Of functions of every kind but {@code http}. */
  public static final List<HttpMethod> PLAIN =
      List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST);

  /** The usual ones of functions of the kind {@code http}, which take any other, too. */
  public static final List<HttpMethod> HTTP =
      List.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.POST,
          HttpMethod.PUT,
          HttpMethod.PATCH,
          HttpMethod.DELETE);

  /** Methods about a connection, or about the message itself (RFC 9110, 9.3.6 and 9.3.8). */
  private static final Set<HttpMethod> NEVER = Set.of(HttpMethod.CONNECT, HttpMethod.TRACE);

  private CallMethods() {}

  /** What {@code Allow} lists for a function of that kind. */
  public static List<HttpMethod> of(Abi abi) {
    return abi == Abi.HTTP ? HTTP : PLAIN;
  }

  /**
   * Refuses a method that a function of that kind does not take.
   *
   * @throws dev.limpet.protocol.LimpetException {@code method-not-allowed}
   */
  public static void check(Exchange exchange, Abi abi) {
    if (abi != Abi.HTTP || NEVER.contains(exchange.method())) {
      exchange.allow(of(abi).toArray(HttpMethod[]::new));
    }
  }
}
