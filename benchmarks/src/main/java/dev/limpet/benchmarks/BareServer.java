package dev.limpet.benchmarks;

import dev.limpet.gateway.http.Listener;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.util.function.Supplier;

/**
 * The least that a server on Vert.x can be, with the transport, event loops and socket options of
 * the gateway, which is measured against it.
 */
final class BareServer {
  private BareServer() {}

  static Vertx vertx() {
    Transport epoll = Transport.EPOLL;
    Transport transport = epoll != null && epoll.available() ? epoll : Transport.NIO;
    return Vertx.builder().withTransport(transport).build();
  }

  /**
   * Listens on a free port of loopback, prints its URL as {@code ready URL}, and serves until it is
   * killed.
   *
   * @param pieceBytes the most of a body that is handled at once
   * @param ofLoop what an event loop does with requests
   */
  static void listen(Vertx vertx, int pieceBytes, Supplier<Handler<HttpServerRequest>> ofLoop) {
    SocketAddress address = SocketAddress.sharedRandomPort(1, "127.0.0.1");
    int loops = Runtime.getRuntime().availableProcessors();
    vertx
        .deployVerticle(
            () -> new Loop(options(pieceBytes), address, ofLoop),
            new DeploymentOptions().setInstances(loops))
        .await();
  }

  private static HttpServerOptions options(int pieceBytes) {
    return Listener.options().setMaxChunkSize(pieceBytes);
  }

  private static final class Loop extends VerticleBase {
    private final HttpServerOptions options;
    private final SocketAddress address;
    private final Supplier<Handler<HttpServerRequest>> ofLoop;

    Loop(
        HttpServerOptions options,
        SocketAddress address,
        Supplier<Handler<HttpServerRequest>> ofLoop) {
      this.options = options;
      this.address = address;
      this.ofLoop = ofLoop;
    }

    @Override
    public Future<?> start() {
      return vertx
          .createHttpServer(options)
          .requestHandler(ofLoop.get())
          .listen(address)
          .onSuccess(bound -> say(bound.actualPort()));
    }
  }

  /** Each event loop says it, all the same port. */
  private static void say(int port) {
    System.out.println("ready http://127.0.0.1:" + port);
  }
}
