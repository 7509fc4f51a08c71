package dev.limpet.gateway.http;

import dev.limpet.gateway.proxy.RequestBody;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Paths;
import dev.limpet.protocol.Problem;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server: one accepting socket for http, perhaps one for https, as many event loops for
 * each as there are cores.
 */
public final class Listener {
  /** Head of a request; sixteen inputs as headers, tokens and cookies stay below. */
  static final int MAX_HEADERS_BYTES = 32 << 10;

  /** A target that is a little too long still gets the sentence of {@link Paths}. */
  static final int MAX_REQUEST_LINE_BYTES = 2 * Paths.MAX_TARGET_CHARS;

  /**
   * Requests at once on one connection of HTTP/2 (what RFC 9113, section 6.5.2, recommends at
   * least); a client waits with more.
   */
  static final int MAX_STREAMS = 100;

  /**
   * Requests that one connection may give up within {@link #RESET_WINDOW_SECONDS}; with more it is
   * closed (CVE-2023-44487). Each that was begun has cost a node something.
   */
  static final int MAX_RESETS = 200;

  private static final int RESET_WINDOW_SECONDS = 30;

  /** Frames that continue the head of one request of HTTP/2 and are nearly empty. */
  static final int MAX_SMALL_CONTINUATIONS = 16;

  /** A caller that has not finished its TLS handshake by then is let go. */
  static final Duration MAX_HANDSHAKE_TIME = Duration.ofSeconds(10);

  /** How long connections that do nothing may wait for {@link ConnectionGuard#sweep}. */
  private static final long SWEEP_MILLIS = 5_000;

  private static final long DRAIN_LOOK_MILLIS = 20;

  private final Vertx vertx;
  private final Router router;
  private final ConnectionGuard guard;

  /** A listener that is not bound yet. */
  public Listener(Vertx vertx, Router router, int maxConnections) {
    this.vertx = vertx;
    this.router = router;
    this.guard = new ConnectionGuard(maxConnections);
    vertx.setPeriodic(SWEEP_MILLIS, _ -> guard.sweep());
  }

  /**
   * Where to listen.
   *
   * @param port or 0 for a free one
   * @param keys what https shows who it is with; null for http
   */
  public record Place(String host, int port, @Nullable X509KeyManager keys) {}

  /** Binds for http. */
  public Future<Integer> listen(String host, int wanted, int loops) {
    return listen(new Place(host, wanted, null), loops);
  }

  /**
   * Binds; answers the port.
   *
   * @param loops event loops that serve connections
   */
  public Future<Integer> listen(Place place, int loops) {
    AtomicInteger port = new AtomicInteger();
    // Instances that ask for port 0 would get a port each.
    SocketAddress address =
        place.port == 0
            ? SocketAddress.sharedRandomPort(place.keys == null ? 1 : 2, place.host)
            : SocketAddress.inetSocketAddress(place.port, place.host);
    HttpServerOptions options = options(place.keys);
    return vertx
        .deployVerticle(
            () -> new Loop(options, address, port), new DeploymentOptions().setInstances(loops))
        .map(_ -> port.get());
  }

  /** Connections that are open. */
  public int connections() {
    return guard.connections();
  }

  /** Connections that were closed because there were too many. */
  public long refusedConnections() {
    return guard.refused();
  }

  /** Completes when no request is being answered, or after {@code patience}. */
  public Future<Void> idle(Duration patience) {
    Promise<Void> idle = Promise.promise();
    awaitIdle(idle, System.nanoTime() + patience.toNanos());
    return idle.future();
  }

  private void awaitIdle(Promise<Void> idle, long deadline) {
    if (guard.active() == 0 || System.nanoTime() - deadline >= 0) {
      idle.complete();
    } else {
      vertx.setTimer(DRAIN_LOOK_MILLIS, _ -> awaitIdle(idle, deadline));
    }
  }

  private static HttpServerOptions options(@Nullable X509KeyManager keys) {
    HttpServerOptions options = options();
    if (keys == null) {
      return options;
    }
    // Vert.x speaks TLS 1.2 and 1.3 unless it is told otherwise, and nothing older.
    return options
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(KeyCertOptions.wrap(keys))
        .setSslHandshakeTimeout(MAX_HANDSHAKE_TIME.toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(MAX_STREAMS)
                .setMaxHeaderListSize(MAX_HEADERS_BYTES))
        .setHttp2RstFloodMaxRstFramePerWindow(MAX_RESETS)
        .setHttp2RstFloodWindowDuration(RESET_WINDOW_SECONDS)
        .setHttp2MaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS);
  }

  /** How every listener of a gateway reads and writes, but for TLS. */
  public static HttpServerOptions options() {
    return new HttpServerOptions()
        .setTcpNoDelay(true)
        .setHttp2ClearTextEnabled(false)
        .setCompressionSupported(false)
        .setDecompressionSupported(false)
        // There are no WebSockets here: what negotiates their compression would see every message.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setHandle100ContinueAutomatically(false)
        .setMaxChunkSize(RequestBody.PART_BYTES)
        .setMaxHeaderSize(MAX_HEADERS_BYTES)
        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES);
  }

  private final class Loop extends VerticleBase {
    private final HttpServerOptions options;
    private final SocketAddress address;
    private final AtomicInteger port;

    Loop(HttpServerOptions options, SocketAddress address, AtomicInteger port) {
      this.options = options;
      this.address = address;
      this.port = port;
    }

    @Override
    public Future<?> start() {
      HttpServer server = vertx.createHttpServer(options);
      return server
          .connectionHandler(guard::opened)
          .requestHandler(Listener.this::begin)
          .invalidRequestHandler(Listener.this::refuse)
          .listen(address)
          .onSuccess(bound -> port.set(bound.actualPort()));
    }
  }

  private void begin(HttpServerRequest request) {
    ConnectionGuard.Line line = guard.begins(request);
    if (line == null) {
      request.connection().close();
    } else {
      router.handle(request, line);
    }
  }

  /** What is no HTTP, or too large before there is a request. */
  private void refuse(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (guard.isBehindLast(request) || response.headWritten() || response.ended()) {
      request.connection().close();
      return;
    }
    Throwable cause = request.decoderResult().cause();
    Problem problem =
        switch (cause) {
          case TooLongHttpLineException _ ->
              Problem.of(
                  ErrorCode.TARGET_TOO_LONG,
                  "the request target is too long; send what is large as the body");
          case TooLongHttpHeaderException _ ->
              Problem.of(
                  ErrorCode.HEADERS_TOO_LARGE,
                  "the headers have more than " + MAX_HEADERS_BYTES + " bytes");
          case null, default -> Problem.of(ErrorCode.BAD_REQUEST, "this is not an HTTP request");
        };
    response
        .setStatusCode(problem.status())
        .putHeader("Content-Type", Problem.MEDIA_TYPE)
        .putHeader("Limpet-Error", problem.code().code())
        .putHeader("Connection", "close")
        .end(Buffer.buffer(problem.toJson()))
        .onComplete(_ -> request.connection().shutdown(1, TimeUnit.SECONDS));
  }
}
