package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.protocol.tls.Authorities;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests whose answers may begin, and end, while their bodies are still being sent, and
 * reads the trailers of answers: the JDK's client does neither.
 *
 * <p>The caller's thread reads the answer, a thread of its own reads the body, and the library's
 * thread moves bytes between them and the connection; whichever is slow holds up the others.
 */
public final class StreamClient implements AutoCloseable {
  // One short connection: what the library loads for servers would only make a command start later,
  // and its native code would be unpacked into a temporary folder each time.
  static {
    System.setProperty("io.netty.transport.noNative", "true");
    System.setProperty("vertx.disableDnsResolver", "true");
  }

  private static final System.Logger LOG = System.getLogger(StreamClient.class.getName());
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /** Beyond what any gateway lets a call take before its answer begins. */
  private static final Duration MAX_HEAD_TIME = Duration.ofMinutes(10);

  /** A name is looked up by the JDK, and one connection needs one thread. */
  private static final int THREADS = 1;

  private static final int PIECE_BYTES = 64 << 10;
  private static final int MAX_HEAD_BYTES = 64 << 10;

  private final Vertx vertx;
  private final HttpClient http;

  /**
   * A client that makes one connection for each request.
   *
   * @param server whose scheme says whether there is TLS, which need not be loaded without it
   * @param authorities whom to believe over https
   */
  public StreamClient(URI server, Authorities authorities) {
    FileSystemOptions none =
        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
    VertxOptions one =
        new VertxOptions()
            .setEventLoopPoolSize(THREADS)
            .setInternalBlockingPoolSize(THREADS)
            .setWorkerPoolSize(THREADS)
            .setFileSystemOptions(none);
    vertx = Vertx.builder().with(one).withTransport(Transport.NIO).build();
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setTcpNoDelay(true)
            .setKeepAlive(true) // or a server would end the connection before all of it was read
            .setDecompressionSupported(false)
            .setMaxHeaderSize(MAX_HEAD_BYTES)
            .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    if ("https".equals(server.getScheme())) {
      options.setTrustOptions(TrustOptions.wrap(authorities.trustManager()));
    }
    http =
        vertx
            .httpClientBuilder()
            .with(options)
            .withConnectHandler(c -> c.exceptionHandler(StreamClient::shownElsewhere))
            .build();
  }

  /**
   * What is sent.
   *
   * @param method such as {@code POST}
   * @param url where to
   * @param headers all of them but {@code Host} and those of the body
   * @param body or null
   */
  public record Request(
      HttpMethod method, URI url, Map<String, String> headers, @Nullable Body body) {}

  /**
   * A request's body.
   *
   * @param in read to its end, in blocking reads, and not closed
   * @param length bytes, or -1 when only the end will tell
   */
  public record Body(InputStream in, long length) {}

  /**
   * Sends, and returns when the head of the answer is there.
   *
   * @throws IOException when there is no answer, or none in time
   * @throws CliException when the calling thread is interrupted
   */
  public StreamedAnswer send(Request request) throws IOException {
    HttpClientRequest open = get(http.request(options(request)).toCompletionStage());
    open.exceptionHandler(StreamClient::shownElsewhere);
    CompletableFuture<StreamedAnswer> answer = new CompletableFuture<>();
    open.response()
        .onComplete(
            head -> answer.complete(new StreamedAnswer(head)), answer::completeExceptionally);
    try {
      sendBody(open, request.body());
      return get(answer);
    } catch (IOException | CliException e) {
      open.reset();
      throw e;
    }
  }

  /** What breaks a connection shows in the answer; unhandled the library would print it. */
  private static void shownElsewhere(Throwable cause) {
    LOG.log(Level.DEBUG, "a connection broke", cause);
  }

  private static RequestOptions options(Request request) throws UnknownHostException {
    URI url = request.url();
    boolean tls = "https".equals(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
    String host = url.getHost().replaceAll("[\\[\\]]", "");
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    RequestOptions options =
        new RequestOptions()
            .setServer(
                SocketAddress.inetSocketAddress(
                    new InetSocketAddress(InetAddress.getByName(host), port)))
            .setHost(host)
            .setPort(port)
            .setSsl(tls)
            .setMethod(request.method())
            .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery());
    request.headers().forEach(options::putHeader);
    return options;
  }

  private static void sendBody(HttpClientRequest open, @Nullable Body body) {
    if (body == null) {
      open.end();
      return;
    }
    if (body.length >= 0) {
      open.putHeader("Content-Length", Long.toString(body.length));
    } else {
      open.setChunked(true);
    }
    open.writeHead();
    Thread.ofPlatform().name("limpet-body").daemon().start(() -> pump(body.in, open));
  }

  /** One piece is on its way while the next is read. What fails here shows in the answer. */
  private static void pump(InputStream in, HttpClientRequest open) {
    try {
      byte[] piece = new byte[PIECE_BYTES];
      CompletableFuture<Void> before = CompletableFuture.completedFuture(null);
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        Buffer bytes = Buffer.buffer(read).appendBytes(piece, 0, read);
        CompletableFuture<Void> now = open.write(bytes).toCompletionStage().toCompletableFuture();
        before.get();
        before = now;
      }
      open.end();
    } catch (IOException e) {
      open.reset(0, e);
    } catch (ExecutionException e) {
      LOG.log(Level.DEBUG, "the body was not sent to its end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws IOException {
    try {
      return Objects.requireNonNull(
          stage.toCompletableFuture().get(MAX_HEAD_TIME.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw cause instanceof IOException io
          ? io
          : new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no answer");
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  static CliException interrupted() {
    Thread.currentThread().interrupt();
    return new CliException(ExitCode.INTERRUPTED, "interrupted", "interrupted");
  }

  /** Drops every connection. */
  @Override
  public void close() {
    vertx.close();
  }
}
