package dev.limpet.benchmarks;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.net.URI;

/**
 * The least that a proxy on Vert.x can be: every request goes to one server, every byte of its
 * answer comes back, at the pace of the slower side. No limits, no deadlines, no retries, no
 * filtering of headers: what the gateway's streaming is measured against. Transport, event loops
 * and socket options are those of the gateway.
 */
public final class BarePipe {
  private final Vertx vertx;
  private final URI upstream;

  private BarePipe(Vertx vertx, URI upstream) {
    this.vertx = vertx;
    this.upstream = upstream;
  }

  /**
   * Listens on a free port of loopback, prints its URL as {@code ready URL}, and pipes until it is
   * killed.
   *
   * @param arguments the URL of the server behind it
   */
  public static void main(String[] arguments) {
    Transport epoll = Transport.EPOLL;
    Transport transport = epoll != null && epoll.available() ? epoll : Transport.NIO;
    Vertx vertx = Vertx.builder().withTransport(transport).build();
    new BarePipe(vertx, URI.create(arguments[0])).listen();
  }

  private void listen() {
    SocketAddress address = SocketAddress.sharedRandomPort(1, "127.0.0.1");
    int loops = Runtime.getRuntime().availableProcessors();
    vertx
        .deployVerticle(() -> new Loop(address), new DeploymentOptions().setInstances(loops))
        .await();
  }

  private HttpClient client() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setHttp2ClearTextUpgrade(false)
            .setTcpNoDelay(true)
            .setKeepAlive(true)
            .setPipelining(false)
            .setDecompressionSupported(false);
    return vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(256));
  }

  /** With a client of its own, so that both sides of a pipe are on one event loop. */
  private final class Loop extends VerticleBase {
    private final SocketAddress address;

    Loop(SocketAddress address) {
      this.address = address;
    }

    @Override
    public Future<?> start() {
      HttpClient client = client();
      HttpServerOptions options =
          new HttpServerOptions()
              .setTcpNoDelay(true)
              .setHttp2ClearTextEnabled(false)
              .setCompressionSupported(false)
              .setDecompressionSupported(false);
      return vertx
          .createHttpServer(options)
          .requestHandler(request -> pipe(request, client))
          .listen(address)
          .onSuccess(bound -> say(bound.actualPort()));
    }
  }

  /** Each event loop says it, all the same port. */
  private static void say(int port) {
    System.out.println("ready http://127.0.0.1:" + port);
  }

  private void pipe(HttpServerRequest request, HttpClient client) {
    request.pause();
    RequestOptions options =
        new RequestOptions()
            .setHost(upstream.getHost())
            .setPort(upstream.getPort())
            .setMethod(request.method())
            .setURI(request.uri())
            .setHeaders(HttpHeaders.headers().setAll(request.headers()));
    HttpServerResponse out = request.response();
    client
        .request(options)
        .compose(to -> sent(request, to))
        .compose(answer -> relayed(answer, out))
        .onFailure(_ -> out.reset());
  }

  private static Future<HttpClientResponse> sent(HttpServerRequest from, HttpClientRequest to) {
    if (from.getHeader("Content-Length") == null) {
      from.resume();
      return to.send();
    }
    Future<HttpClientResponse> answer = to.response();
    from.pipeTo(to);
    return answer;
  }

  private static Future<Void> relayed(HttpClientResponse answer, HttpServerResponse out) {
    out.setStatusCode(answer.statusCode());
    out.headers().setAll(answer.headers());
    if (answer.getHeader("Content-Length") == null) {
      out.setChunked(true);
    }
    return answer.pipeTo(out);
  }
}
