package dev.limpet.gateway.proxy;

import dev.limpet.protocol.tls.Authorities;
import io.vertx.core.Vertx;
import java.time.Duration;

/** How tests reach nodes that show no certificate. */
public final class TestNodeClient {
  private TestNodeClient() {}

  /** A client for as many calls at once. */
  public static NodeClient of(Vertx vertx, int maxCalls, Duration connectTimeout) {
    return new NodeClient(vertx, maxCalls, connectTimeout, Authorities.ofMachine("node-ca"));
  }
}
