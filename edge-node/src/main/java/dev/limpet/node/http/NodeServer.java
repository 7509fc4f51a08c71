package dev.limpet.node.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.helidon.http.DirectHandler;
import io.helidon.webserver.ProtocolConfigs;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionProvider;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The HTTP server of a node, with every one of its limits set. */
public final class NodeServer implements AutoCloseable {
  /** The gateway puts a whole invocation into one header; the rest is what clients send. */
  static final int MAX_HEADERS_BYTES = 64 << 10;

  /** Above the longest target that is read, so that one too long gets its problem document. */
  static final int MAX_REQUEST_LINE_BYTES = 16 << 10;

  /** Nothing else is larger than the CAR of a data set. */
  static final long MAX_PAYLOAD_BYTES = 1L << 40;

  /** Longer than a healthy link pauses in the middle of a request. */
  public static final Duration MAX_READ = Duration.ofSeconds(30);

  /**
   * How far a socket has got shows only when much of its buffer, which may have megabytes, has
   * left: a slow reader must not look like one that is gone.
   */
  public static final Duration MAX_WRITE = Duration.ofMinutes(2);

  /** When to try again after the server was too busy to look at a request. */
  static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private static final int WRITE_BUFFER_BYTES = 16 << 10;

  /** How often connections are looked at: one that lingers is closed within two of these. */
  private static final Duration WATCH_PERIOD = Duration.ofSeconds(1);

  static {
    // All that the server uses is given to it here; looking for more would open every jar.
    System.setProperty("io.helidon.metadata.mode", "none");
  }

  private final WebServer server;

  /**
   * What a server gets from its process.
   *
   * @param host name or address to bind
   * @param port to bind; 0 takes a free one
   * @param maxConnections open at once; more wait to be accepted
   * @param maxRequests under way at once; more are refused
   * @param idle how long a connection may wait for its next request; longer than the gateway keeps
   *     one, so that it never sends into a connection that is being closed
   * @param maxRead how long a peer may be silent in the middle of a request
   * @param maxWrite how long a peer may take no byte of its answer
   * @param grace how long running requests get when the server stops
   * @param keys with which TLS is spoken; null for plain HTTP
   */
  public record Settings(
      String host,
      int port,
      int maxConnections,
      int maxRequests,
      Duration idle,
      Duration maxRead,
      Duration maxWrite,
      Duration grace,
      @Nullable X509ExtendedKeyManager keys) {}

  private NodeServer(WebServer server) {
    this.server = server;
  }

  /**
   * Starts a server that gives every request to one handler.
   *
   * @throws LimpetException {@code bad-config} when it cannot listen there
   */
  public static NodeServer start(Settings settings, Handler handler) {
    WebServer server = configure(settings, handler).build().start();
    if (!server.isRunning()) { // it logs why, and says nothing
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          "cannot listen on "
              + settings.host()
              + ":"
              + settings.port()
              + "; is another process there? Choose another place: "
              + (settings.keys() == null ? "listen" : "tls-listen")
              + " = HOST:PORT");
    }
    return new NodeServer(server);
  }

  /**
   * NIO sockets read and write 8 KiB at once. With TLS they agree on it where the connection is
   * watched, which others do before.
   */
  static WebServerConfig.Builder configure(Settings settings, Handler handler) {
    Http1Config http1 = new Http1Limits(MAX_REQUEST_LINE_BYTES, MAX_HEADERS_BYTES);
    WebServerConfig.Builder server = WebServer.builder();
    if (settings.keys() != null) {
      server.tls(ServerTls.of(settings.keys()));
    }
    return server
        .host(settings.host())
        .port(settings.port())
        .connectionOptions(socket -> socket.tcpNoDelay(true))
        .useNio(settings.keys() != null)
        .addConnectionSelector(guarded(http1, settings))
        .protocolsDiscoverServices(false)
        .maxTcpConnections(settings.maxConnections())
        .maxConcurrentRequests(settings.maxRequests())
        .maxPayloadSize(MAX_PAYLOAD_BYTES)
        .writeBufferSize(WRITE_BUFFER_BYTES)
        .idleConnectionTimeout(settings.idle())
        .idleConnectionPeriod(watchPeriod(settings))
        .shutdownGracePeriod(settings.grace())
        .shutdownHook(false)
        .directHandlers(NodeServer::directHandlers)
        .routing(routing -> routing.any(GuardedConnections.watched(handler)));
  }

  private static Duration watchPeriod(Settings settings) {
    // Not Duration.dividedBy: it is BigDecimal's, whose tables are 2 MiB and 10 ms of a start.
    long shortest = Math.min(settings.maxRead().toNanos(), settings.maxWrite().toNanos());
    return Duration.ofNanos(Math.min(WATCH_PERIOD.toNanos(), shortest / 4));
  }

  private static ServerConnectionSelector guarded(Http1Config http1, Settings settings) {
    ServerConnectionSelector selector =
        new Http1ConnectionProvider()
            .create(http1.type(), http1, ProtocolConfigs.create(List.of(http1)));
    return new GuardedConnections(selector, settings.maxRead(), settings.maxWrite());
  }

  private static void directHandlers(DirectHandlers.Builder handlers) {
    DirectAnswers answers = new DirectAnswers();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, answers);
    }
  }

  /** The port that is bound. */
  public int port() {
    return server.port();
  }

  /** Stops accepting, gives running requests the grace period, and closes all connections. */
  @Override
  public void close() {
    server.stop();
  }
}
