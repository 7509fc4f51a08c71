package dev.limpet.benchmarks;

import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.proxy.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.Handler;
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
import java.net.URI;
import java.time.Duration;

/**
 * The least that a proxy on Vert.x can be: every request goes to one server, every byte of its
 * answer comes back, at the pace of the slower side. No limits, no deadlines, no retries, no
 * filtering of headers: what the gateway's streaming is measured against. Transport, event loops,
 * socket options and, unless it is told otherwise, the size of pieces are those of the gateway.
 */
public final class BarePipe {
  private static final Duration CONNECTING = Duration.ofSeconds(60);

  private final Vertx vertx;
  private final URI upstream;
  private final int pieceBytes;

  private BarePipe(Vertx vertx, URI upstream, int pieceBytes) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.pieceBytes = pieceBytes;
  }

  /**
   * Pipes until it is killed.
   *
   * @param arguments the URL of the server behind it; {@code default} for pieces as Vert.x has them
   */
  public static void main(String[] arguments) {
    Vertx vertx = BareServer.vertx();
    boolean byDefault = arguments.length > 1 && arguments[1].equals("default");
    int pieceBytes = byDefault ? HttpServerOptions.DEFAULT_MAX_CHUNK_SIZE : RequestBody.PART_BYTES;
    BarePipe pipe = new BarePipe(vertx, URI.create(arguments[0]), pieceBytes);
    BareServer.listen(vertx, pieceBytes, pipe::ofLoop);
  }

  /** With a client of its own, so that both sides of a pipe are on one event loop. */
  private Handler<HttpServerRequest> ofLoop() {
    HttpClient client = client();
    return request -> pipe(request, client);
  }

  private HttpClient client() {
    HttpClientOptions options = NodeClient.options(CONNECTING).setMaxChunkSize(pieceBytes);
    return vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(256));
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
