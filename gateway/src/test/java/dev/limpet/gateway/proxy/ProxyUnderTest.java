package dev.limpet.gateway.proxy;

import dev.limpet.protocol.BoundedLog;
import dev.limpet.protocol.KeptLines;
import dev.limpet.testkit.wire.WireServer;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A listener that does nothing but {@link Transfer}s to the nodes of a test, in their order. */
final class ProxyUnderTest implements AutoCloseable {
  static final long MAX_BODY_BYTES = 64 << 20;

  /** How a transfer ended. */
  record Ended(Route.Ending ending, Route.@Nullable Failure failure, long bytes, int abandoned) {}

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final HttpServer server;
  private final KeptLines log = new KeptLines();
  private final List<URI> nodes;
  private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
  private boolean repeatable;
  private boolean mistaken;
  private Duration total = Duration.ofSeconds(15);
  private UnaryOperator<Outlet> outlets = outlet -> outlet;

  ProxyUnderTest(List<URI> nodes) {
    this(nodes, PoolOptions.DEFAULT_MAX_POOL_SIZE);
  }

  private ProxyUnderTest(List<URI> nodes, int connections) {
    this.nodes = nodes;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(connections));
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
            .requestHandler(this::handle)
            .listen(0, "127.0.0.1")
            .await();
  }

  static ProxyUnderTest before(WireServer... nodes) {
    return new ProxyUnderTest(List.of(nodes).stream().map(WireServer::url).toList());
  }

  /** One connection to the node: a second request waits until the answer of the first has ended. */
  static ProxyUnderTest withOneConnection(WireServer node) {
    return new ProxyUnderTest(List.of(node.url()), 1);
  }

  /** Answers go where this says. */
  ProxyUnderTest to(UnaryOperator<Outlet> answers) {
    this.outlets = answers;
    return this;
  }

  ProxyUnderTest repeatable() {
    this.repeatable = true;
    return this;
  }

  /** The route throws when an answer is whole. */
  ProxyUnderTest mistaken() {
    this.mistaken = true;
    return this;
  }

  ProxyUnderTest within(Duration total) {
    this.total = total;
    return this;
  }

  /** What it wrote to its log. */
  List<String> logged() {
    return log.said();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  Ended ended() throws InterruptedException {
    Ended next = ended.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no transfer ended");
    }
    return next;
  }

  private void handle(HttpServerRequest request) {
    RequestBody body = new RequestBody(request, MAX_BODY_BYTES);
    var limits = new Transfer.Limits(Duration.ofSeconds(1), Duration.ofSeconds(10), total, false);
    new Transfer(
            new Transfer.Ground(vertx, client, new BoundedLog(log)),
            limits,
            outlets.apply(new CallerOutlet(request, () -> {})),
            body,
            new ListedNodes(request))
        .start();
  }

  @Override
  public void close() {
    vertx.close().await();
  }

  private final class ListedNodes implements Route {
    private final HttpServerRequest request;
    private final Deque<URI> left = new ArrayDeque<>(nodes);
    private @Nullable Failure failure;
    private int abandoned;

    ListedNodes(HttpServerRequest request) {
      this.request = request;
    }

    @Override
    public boolean hasNext() {
      return !left.isEmpty();
    }

    @Override
    public Outbound next() {
      URI node = left.removeFirst();
      HttpMethod method =
          request.method().equals(HttpMethod.HEAD) ? HttpMethod.HEAD : HttpMethod.POST;
      return new Outbound(
          NodeAddress.of(node, InetAddress.ofLiteral(node.getHost())),
          method,
          request.uri(),
          List.of());
    }

    @Override
    public boolean affords(RetryRule.Reached reached) {
      return true;
    }

    @Override
    public boolean isRepeatable() {
      return repeatable;
    }

    @Override
    public RetryRule.@Nullable Reached refusal(HttpClientResponse answer) {
      return switch (answer.statusCode()) {
        case 429 -> RetryRule.Reached.REFUSED;
        case 503 -> RetryRule.Reached.ENDED;
        default -> null;
      };
    }

    @Override
    public boolean isShown(HttpClientResponse refusal) {
      return true;
    }

    @Override
    public void lost(RetryRule.Reached reached) {}

    @Override
    public void head(HttpClientResponse answer, MultiMap out) {
      out.set("X-Proxy", "yes");
    }

    @Override
    public void whole(HttpClientResponse answer, @Nullable Buffer body, long bytes) {
      if (mistaken) {
        throw new IllegalStateException("a mistake of this test");
      }
    }

    @Override
    public void trailers(HttpClientResponse answer, MultiMap out) {
      AnswerHeaders.copyAllowed(answer.trailers(), out, List.of("Limpet-Task"));
    }

    @Override
    public void fail(Failure why) {
      failure = why;
      request.response().setStatusCode(502).end(why.name());
    }

    @Override
    public void abandoned(Outbound target) {
      abandoned++;
    }

    @Override
    public void finished(Ending ending, long bytes) {
      ended.add(new Ended(ending, failure, bytes, abandoned));
    }
  }
}
