package dev.limpet.gateway.proxy;

import dev.limpet.protocol.BoundedLog;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.TrustOptions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How the process reaches nodes: HTTP/1.1 with keep-alive, by http or https as each says. Calls go
 * through {@link Transfer}; here are the small requests of the gateway's own, whose answers fit in
 * memory.
 *
 * <p>Each event loop has connections of its own: a pool that all share hands them out whatever loop
 * they are on, and then every part of a call changes threads on its way.
 */
public final class NodeClient implements AutoCloseable {
  /** How long an idle connection is kept: shorter than nodes do, so that they never close first. */
  private static final int KEEP_ALIVE_SECONDS = 60;

  /** Connections beyond those of calls: for cancelling, fetching and sending functions. */
  private static final int SPARE_CONNECTIONS = 32;

  /** Requests that wait for a connection to one node; calls are bounded before they get here. */
  private static final int MAX_WAITING = 256;

  /** Room for the headers of an answer: a trailer block and the headers of a guest. */
  private static final int MAX_HEAD_BYTES = 32 << 10;

  private static final System.Logger LOG = System.getLogger(NodeClient.class.getName());

  private final Vertx vertx;
  private final HttpClientOptions options;
  private final PoolOptions pool;
  private final Authorities authorities;
  private final BoundedLog cuts = new BoundedLog(LOG);
  private final Map<Thread, HttpClientAgent> ofLoops = new ConcurrentHashMap<>();
  private final HttpClientAgent ofOthers;
  private final Duration connectTimeout;

  /**
   * An answer of a node, whole.
   *
   * @param status its status
   * @param error the code in {@code Limpet-Error}, or null
   * @param roots the value of {@code X-Ipfs-Roots}, or null
   * @param receipt the value of {@code Limpet-Receipt}, also in a trailer, or null
   * @param body its body
   */
  public record Answer(
      int status,
      @Nullable String error,
      @Nullable String roots,
      @Nullable String receipt,
      Buffer body) {
    /** Whether it is of class 2xx. */
    public boolean isSuccess() {
      return status / 100 == 2;
    }
  }

  /**
   * What bounds a small request.
   *
   * @param time for all of it
   * @param bytes of the answer's body
   */
  public record Bounds(Duration time, int bytes) {}

  /**
   * A client for a gateway that makes at most {@code maxCalls} calls at once.
   *
   * @param connectTimeout for making a connection
   * @param authorities whom to believe when a node shows a certificate
   */
  public NodeClient(Vertx vertx, int maxCalls, Duration connectTimeout, Authorities authorities) {
    this.vertx = vertx;
    this.connectTimeout = connectTimeout;
    this.options = options(connectTimeout);
    this.pool =
        new PoolOptions()
            .setHttp1MaxSize(maxCalls + SPARE_CONNECTIONS)
            .setMaxWaitQueueSize(MAX_WAITING);
    this.authorities = authorities;
    this.ofOthers = newClient();
  }

  /**
   * How a gateway talks to nodes, but for TLS.
   *
   * @param connectTimeout for making a connection
   */
  public static HttpClientOptions options(Duration connectTimeout) {
    return new HttpClientOptions()
        .setProtocolVersion(HttpVersion.HTTP_1_1)
        .setHttp2ClearTextUpgrade(false)
        .setTcpNoDelay(true)
        .setKeepAlive(true)
        .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
        .setPipelining(false)
        .setDecompressionSupported(false)
        .setMaxHeaderSize(MAX_HEAD_BYTES)
        .setMaxChunkSize(RequestBody.PART_BYTES)
        .setConnectTimeout((int) connectTimeout.toMillis());
  }

  /** Vert.x keeps connections, contexts and sessions apart by them: new ones share none. */
  private ClientSSLOptions tls() {
    return new ClientSSLOptions()
        .setTrustOptions(TrustOptions.wrap(authorities.trustManager()))
        .setHostnameVerificationAlgorithm("HTTPS");
  }

  /**
   * From now on each certificate is checked once more: requests begin on new connections, which
   * resume no session. Those that run go on.
   */
  public void checkAgain() {
    ofLoops.values().forEach(client -> client.updateSSLOptions(tls()));
    ofOthers.updateSSLOptions(tls());
  }

  /** Another one that makes each connection anew and resumes no session of this one. */
  public NodeClient withoutConnections() {
    return new NodeClient(vertx, 0, connectTimeout, authorities);
  }

  private HttpClientAgent newClient() {
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(pool)
        .with(tls())
        .with(new JdkSSLEngineOptions().setUseWorkerThread(true)) // checking takes milliseconds
        .withConnectHandler(
            connection ->
                connection.exceptionHandler(
                    e -> LOG.log(Level.DEBUG, "a node's connection failed", e)))
        .build();
  }

  /** The client of the event loop that asks; threads that are none share one. */
  private HttpClientAgent here() {
    return Context.isOnEventLoopThread()
        ? ofLoops.computeIfAbsent(Thread.currentThread(), _ -> newClient())
        : ofOthers;
  }

  /** What a {@link Transfer} runs on that is started on this event loop. */
  public Transfer.Ground ground() {
    return new Transfer.Ground(vertx, here(), cuts);
  }

  /** Sends a request whose answer is read whole. Fails with {@code node-failed}. */
  public Future<Answer> send(Outbound to, @Nullable Buffer body, Bounds bounds) {
    RequestOptions wanted =
        to.options()
            .setConnectTimeout(connectTimeout.toMillis())
            .putHeader("Host", to.to().authority());
    to.headers().forEach(line -> wanted.putHeader(line.getKey(), line.getValue()));
    Future<HttpClientRequest> made;
    try {
      made = here().request(wanted);
    } catch (IllegalStateException e) { // the client is closed: this process is stopping
      made = Future.failedFuture(e);
    }
    return made.onFailure(to.to()::failed)
        .compose(
            request -> {
              to.to().connected(request);
              return exchange(request, body, bounds);
            })
        .recover(cause -> broken(to.to(), cause));
  }

  private Future<Answer> exchange(HttpClientRequest request, @Nullable Buffer body, Bounds bounds) {
    Future<HttpClientResponse> head = body == null ? request.send() : request.send(body);
    return head.compose(answer -> whole(answer, bounds.bytes))
        .timeout(bounds.time.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(_ -> request.reset());
  }

  private static Future<Answer> whole(HttpClientResponse head, int maxBytes) {
    Promise<Answer> whole = Promise.promise();
    Buffer gathered = Buffer.buffer();
    head.handler(
        data -> {
          if (gathered.length() + data.length() > maxBytes) {
            whole.tryFail(
                new LimpetException(
                    ErrorCode.NODE_FAILED,
                    "a node answered more than " + ByteSizes.format(maxBytes)));
          } else if (!whole.future().isComplete()) {
            gathered.appendBuffer(data);
          }
        });
    head.exceptionHandler(whole::tryFail);
    head.endHandler(
        _ ->
            whole.tryComplete(
                new Answer(
                    head.statusCode(),
                    head.getHeader("Limpet-Error"),
                    head.getHeader("X-Ipfs-Roots"),
                    receipt(head),
                    gathered)));
    return whole.future();
  }

  private static @Nullable String receipt(HttpClientResponse head) {
    String early = head.getHeader(Headers.RECEIPT);
    return early == null ? head.getTrailer(Headers.RECEIPT) : early;
  }

  private static Future<Answer> broken(NodeAddress to, Throwable cause) {
    String unbelieved = to.unbelieved();
    return Future.failedFuture(
        cause instanceof LimpetException
            ? cause
            : new LimpetException(
                ErrorCode.NODE_FAILED,
                "a node did not answer" + (unbelieved == null ? "" : ": " + unbelieved),
                cause));
  }

  @Override
  public void close() {
    ofLoops.values().forEach(HttpClientAgent::close);
    ofOthers.close();
  }
}
