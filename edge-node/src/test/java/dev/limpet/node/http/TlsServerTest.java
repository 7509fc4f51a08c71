package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireClient;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server of a node when it speaks TLS. */
@Timeout(60)
class TlsServerTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration ENOUGH_FOR_A_HANDSHAKE = Duration.ofSeconds(3);
  private static final int LARGE_BYTES = 16 << 20;
  private static final int HANDSHAKE = 22;

  @TempDir Path folder = Path.of("");

  private final BlockingQueue<Exception> ends = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Authorities authorities;
  private TestAuthority authority;
  private KeyFiles files;
  private ServerKeys keys;

  @BeforeEach
  void issue() throws IOException {
    authority = new TestAuthority(folder);
    authorities = Authorities.read(authority.authorities(), "node-ca = PEM-FILE");
    files = authority.issue("server");
    keys = TestAuthority.open(files);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private NodeServer server(Duration maxRead, Duration maxWrite) {
    NodeServer server =
        NodeServer.start(
            new NodeServer.Settings(
                "127.0.0.1",
                0,
                100,
                100,
                Duration.ofMinutes(5),
                maxRead,
                maxWrite,
                Duration.ofSeconds(1),
                keys),
            this::answer);
    opened.add(server);
    return server;
  }

  private NodeServer server() {
    return server(NodeServer.MAX_READ, NodeServer.MAX_WRITE);
  }

  /** Sends back what it gets, or more than anybody reads. */
  private void answer(ServerRequest request, ServerResponse response) {
    try (OutputStream out = response.outputStream()) {
      if (request.path().path().equals("/large")) {
        out.write(new byte[LARGE_BYTES]);
        out.write(new byte[LARGE_BYTES]); // one write alone leaves when this has returned
      } else {
        out.write(request.content().inputStream().readAllBytes());
      }
    } catch (IOException e) {
      ends.add(e);
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      ends.add(e);
      throw e;
    }
  }

  private HttpClient client() {
    HttpClient client = HttpClient.newBuilder().sslContext(authorities.context()).build();
    opened.add(client);
    return client;
  }

  private static HttpRequest request(NodeServer server, byte[] body) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/"))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private SSLSocket socket(NodeServer server) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            authorities.context().getSocketFactory().createSocket("127.0.0.1", server.port());
    socket.setSoTimeout(20_000);
    opened.add(socket);
    return socket;
  }

  @Test
  void bodies_of_all_sizes_go_both_ways_at_the_same_time_by_http_1_1() {
    NodeServer server = server();
    HttpClient client = client();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int size : List.of(0, 1, 16_383, 16_384, 16_385, 100_000, 2 << 20, 5_555_555)) {
      byte[] body = new byte[size];
      new Random(size).nextBytes(body);
      all.add(
          client
              .sendAsync(request(server, body), HttpResponse.BodyHandlers.ofByteArray())
              .thenAccept(
                  answer -> {
                    assertEquals(HttpClient.Version.HTTP_1_1, answer.version());
                    assertArrayEquals(body, answer.body(), size + " bytes");
                  }));
    }
    all.forEach(CompletableFuture::join);
  }

  @Test
  void a_client_of_http_2_alone_or_of_an_old_version_is_refused_in_the_handshake()
      throws IOException {
    NodeServer server = server();
    SSLSocket newer = socket(server);
    SSLParameters parameters = newer.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    newer.setSSLParameters(parameters);
    assertThrows(SSLException.class, newer::startHandshake);
    SSLSocket older = socket(server);
    older.setEnabledProtocols(new String[] {"TLSv1.2"});
    assertThrows(SSLException.class, older::startHandshake);
    SSLSocket both = socket(server);
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    both.setSSLParameters(parameters);
    both.startHandshake();
    assertEquals("http/1.1", both.getApplicationProtocol());
  }

  private static String subject(SSLSocket socket) throws IOException {
    X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return shown.getSubjectX500Principal().getName();
  }

  private static String ask(SSLSocket socket) throws IOException {
    String text = WireClient.request("POST /", "hello");
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("0\r\n\r\n") && !answer.toString().endsWith("hello")) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("ended after: " + answer);
      }
      answer.append((char) read);
    }
    return answer.toString();
  }

  @Test
  void files_that_change_are_shown_to_who_comes_then_and_open_connections_go_on()
      throws IOException {
    NodeServer server = server();
    SSLSocket before = socket(server);
    assertEquals("CN=server", subject(before));
    assertTrue(ask(before).contains("hello"));
    KeyFiles renewed = authority.issue("renewed");
    Files.move(renewed.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.move(renewed.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
    assertTrue(TestAuthority.look(keys));
    assertEquals("CN=renewed", subject(socket(server)));
    assertTrue(ask(before).contains("hello"));
  }

  @Test
  void who_does_not_finish_the_handshake_is_closed() throws IOException {
    NodeServer server = server(SHORT, NodeServer.MAX_WRITE);
    URI url = URI.create("http://127.0.0.1:" + server.port());
    try (WireClient silent = WireClient.connect(url);
        WireClient half = WireClient.connect(url).send(new byte[] {HANDSHAKE, 3, 1, 2, 0, 1})) {
      assertTrue(silent.isEnded());
      assertTrue(half.isEnded());
    }
  }

  @Test
  void who_speaks_plain_http_is_closed() {
    NodeServer server = server();
    try (WireClient plain =
        WireClient.connect(URI.create("http://127.0.0.1:" + server.port()))
            .send(WireClient.request("GET /", null))) {
      assertThrows(UncheckedIOException.class, plain::head);
    }
  }

  @Test
  void who_takes_nothing_of_its_answer_is_closed() throws Exception {
    NodeServer server = server(NodeServer.MAX_READ, SHORT);
    SSLSocket stalled = socket(server);
    stalled.startHandshake();
    String text = WireClient.request("GET /large", null);
    stalled.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    assertInstanceOf(ServerConnectionException.class, ends.take());
  }

  @Test
  @Tag("long")
  void who_sends_nothing_of_a_body_is_closed() throws Exception {
    NodeServer server = server(ENOUGH_FOR_A_HANDSHAKE, NodeServer.MAX_WRITE);
    Socket stalled = socket(server);
    String text = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhal";
    stalled.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    assertInstanceOf(RuntimeException.class, ends.take());
  }
}
