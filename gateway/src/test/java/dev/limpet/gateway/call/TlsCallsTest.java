package dev.limpet.gateway.call;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireServer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.TrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls over https, by HTTP/2 and HTTP/1.1. */
@Timeout(60)
class TlsCallsTest {
  private static final int MANY_BYTES = 24 << 20;
  private static final int BUFFERED_BYTES = 16 << 20;

  @TempDir private Path folder;

  private final Vertx vertx = Vertx.vertx();

  /** One that nobody holds is closed by the garbage collector. */
  private final List<HttpClient> clients = new CopyOnWriteArrayList<>();

  private Authorities authorities;
  private KeyFiles files;
  private ServerKeys keys;

  @BeforeEach
  void issue() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    files = authority.issue("server");
    keys = TestAuthority.open(files);
    authorities = Authorities.read(authority.authorities(), "node-ca = PEM-FILE");
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private HttpClient client(HttpVersion version) {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(version)
                .setUseAlpn(true)
                .setSsl(true)
                .setTrustOptions(TrustOptions.wrap(authorities.trustManager())));
    clients.add(client);
    return client;
  }

  private HttpClientRequest request(
      HttpVersion version, int port, HttpMethod method, String target) {
    return client(version).request(method, port, "localhost", target).await();
  }

  private static HttpClientResponse answer(HttpClientRequest request) {
    var answer = request.response();
    request.end();
    return answer.await();
  }

  private static WireServer echo() {
    return CallsUnderTest.node(e -> e.answer(200, e.head().method() + " " + e.bodyText()));
  }

  private CallsUnderTest gateway(WireServer node) throws Exception {
    CallsUnderTest gateway = CallsUnderTest.open(folder);
    gateway.join("b", node).holds();
    gateway.deploy("hello");
    return gateway;
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void a_call_is_answered_with_body_headers_and_trailers(HttpVersion version) throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  e.begin(200, "Content-Type: text/plain");
                  e.chunk("one ");
                  e.chunk("two");
                  e.end("Limpet-Bytes-Fetched: 17");
                });
        var gateway = gateway(node)) {
      int port = gateway.listen(keys);
      HttpClientRequest request = request(version, port, HttpMethod.GET, "/fn/hello");
      var head = request.response();
      request.end();
      AtomicReference<String> trailer = new AtomicReference<>();
      Buffer body =
          head.compose(
                  response ->
                      response
                          .body()
                          .onSuccess(
                              _ ->
                                  trailer.set(
                                      String.valueOf(response.getTrailer("limpet-bytes-fetched")))))
              .await();
      HttpClientResponse response = head.await();
      assertEquals(version, response.version());
      assertEquals(200, response.statusCode());
      assertEquals("one two", body.toString());
      assertEquals("17", trailer.get());
      assertEquals("b", response.getHeader("Limpet-Node"));
    }
  }

  @Test
  void a_kept_answer_is_the_same_over_http_1_and_2() throws Exception {
    String task = Asking.TASK;
    try (var node =
            CallsUnderTest.node(
                e ->
                    e.answer(
                        200,
                        "hello",
                        "Content-Type: text/x",
                        "Limpet-Memo: miss",
                        "Limpet-Task: " + task,
                        "ETag: \"" + task + "\""));
        var gateway = gateway(node)) {
      int port = gateway.listen(keys);
      answer(request(HttpVersion.HTTP_1_1, port, HttpMethod.GET, "/fn/hello"));
      Map<String, String> first = null;
      for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.HEAD)) {
          HttpClientResponse hit = answer(request(version, port, method, "/fn/hello"));
          Map<String, String> head = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
          hit.headers().forEach(line -> head.put(line.getKey(), line.getValue()));
          assertEquals("hit", head.get("Limpet-Memo"));
          assertEquals("5", head.get("Content-Length"));
          first = first == null ? head : first;
          assertEquals(first, head);
        }
      }
    }
  }

  @Test
  void bodies_of_http_2_arrive_with_and_without_a_length_and_large_ones_too() throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  byte[] body = e.body().readAllBytes();
                  e.answer(200, body.length + " " + java.util.Arrays.hashCode(body));
                });
        var gateway = gateway(node)) {
      int port = gateway.listen(keys);
      for (int size : new int[] {0, 1, 16_384, 65_535, 65_537, 3 << 20}) {
        byte[] bytes = new byte[size];
        new java.util.Random(size).nextBytes(bytes);
        String expected = size + " " + java.util.Arrays.hashCode(bytes);
        for (boolean length : new boolean[] {true, false}) {
          HttpClientRequest request =
              request(HttpVersion.HTTP_2, port, HttpMethod.POST, "/fn/hello");
          var body = request.response().compose(HttpClientResponse::body);
          if (length) {
            request.end(Buffer.buffer(bytes));
          } else {
            request.setChunked(true);
            request.write(Buffer.buffer(bytes)).await();
            request.end().await();
          }
          assertEquals(expected, body.await().toString(), size + " " + length);
        }
      }
    }
  }

  @Test
  void a_get_of_http_2_takes_no_body_either() throws Exception {
    try (var node = echo();
        var gateway = gateway(node)) {
      int port = gateway.listen(keys);
      HttpClientRequest request = request(HttpVersion.HTTP_2, port, HttpMethod.GET, "/fn/hello");
      request.setChunked(true);
      var answer = request.response();
      request.write(Buffer.buffer("x")).await();
      assertEquals("body-not-allowed", answer.await().getHeader("Limpet-Error"));
    }
  }

  @Test
  @Tag("long")
  void a_caller_of_http_2_that_does_not_read_stops_the_node() throws Exception {
    ManyBytes many = new ManyBytes(MANY_BYTES);
    try (var node = many.node();
        var gateway = gateway(node)) {
      HttpClientRequest request =
          request(HttpVersion.HTTP_2, gateway.listen(keys), HttpMethod.GET, "/fn/hello");
      var head = request.response().onSuccess(HttpClientResponse::pause);
      request.end();
      HttpClientResponse response = head.await();
      long sent = many.awaitStandstill();
      assertTrue(sent < BUFFERED_BYTES, "node could send " + sent);
      AtomicLong read = new AtomicLong();
      response.handler(data -> read.addAndGet(data.length()));
      response.resume();
      response.end().await();
      assertEquals(MANY_BYTES, read.get());
    }
  }

  @Test
  void a_stream_that_is_reset_cancels_its_call_and_no_other_of_its_connection() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    List<String> told = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  if (e.head().method().equals("DELETE")) {
                    told.add(e.head().target());
                    e.raw("HTTP/1.1 204 n\r\n\r\n");
                  } else if (e.bodyText().equals("quick")) {
                    e.answer(200, "done");
                  } else {
                    reached.countDown();
                    e.awaitPeerGone();
                  }
                });
        var gateway = gateway(node)) {
      int port = gateway.listen(keys);
      HttpClient client = client(HttpVersion.HTTP_2);
      HttpClientRequest slow =
          client.request(HttpMethod.GET, port, "localhost", "/fn/hello").await();
      var lost = slow.response();
      slow.end();
      assertTrue(reached.await(30, TimeUnit.SECONDS));
      slow.reset(8).await();
      assertThrows(Exception.class, lost::await);
      await().until(() -> told.size() == 1 && told.getFirst().startsWith("/v1/invocations/x-"));
      HttpClientRequest quick =
          client.request(HttpMethod.POST, port, "localhost", "/fn/hello").await();
      assertEquals(slow.connection(), quick.connection());
      var body = quick.response().compose(HttpClientResponse::body);
      quick.end("quick");
      assertEquals("done", body.await().toString());
      await().until(gateway::isIdle);
    }
  }

  @Test
  void an_answer_that_the_node_cuts_is_a_reset_stream() throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  e.begin(200);
                  e.chunk("a part");
                  e.close();
                });
        var gateway = gateway(node);
        var raw = RawHttp2.connect(gateway.listen(keys), authorities)) {
      raw.get(1, "/fn/hello");
      var reset = raw.next(RawHttp2.RESET);
      assertNotNull(reset);
      assertEquals(2, reset.error(), "INTERNAL_ERROR");
    }
  }

  @Test
  @Tag("long")
  void an_upload_that_nobody_reads_ends_its_stream_after_the_answer_and_nothing_else()
      throws Exception {
    try (var node = echo();
        var gateway = gateway(node)) {
      int port = gateway.listen(keys);
      HttpClient client = client(HttpVersion.HTTP_2);
      HttpClientRequest upload =
          client.request(HttpMethod.POST, port, "localhost", "/fn/nobody").await();
      upload.setChunked(true).exceptionHandler(_ -> {});
      var refused = upload.response().compose(head -> head.body().map(_ -> head.statusCode()));
      upload.writeHead();
      assertEquals(404, refused.await());
      await().until(() -> upload.write(Buffer.buffer(new byte[1 << 14])).failed());
      HttpClientRequest next =
          client.request(HttpMethod.POST, port, "localhost", "/fn/hello").await();
      assertEquals(upload.connection(), next.connection());
      var body = next.response().compose(HttpClientResponse::body);
      next.end("more");
      assertEquals("POST more", body.await().toString());
    }
  }

  @Test
  void a_new_certificate_is_shown_to_who_comes_next_and_open_connections_go_on() throws Exception {
    try (var node = echo();
        var gateway = gateway(node);
        var raw = RawHttp2.connect(gateway.listen(keys), authorities)) {
      int port = gateway.listen(keys);
      HttpClientRequest before = request(HttpVersion.HTTP_2, port, HttpMethod.GET, "/fn/hello");
      var old = before.connection().peerCertificates();
      TestAuthority another = new TestAuthority(Files.createDirectory(folder.resolve("next")));
      KeyFiles next = another.issue("server");
      Files.copy(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
      assertTrue(TestAuthority.look(keys));
      assertEquals(200, answer(before).statusCode());
      raw.get(1, "/fn/hello");
      assertNotNull(raw.next(RawHttp2.HEADERS));
      Exception refused =
          assertThrows(
              Exception.class,
              () -> request(HttpVersion.HTTP_2, port, HttpMethod.GET, "/fn/hello"));
      assertTrue(refused instanceof SSLHandshakeException, refused.toString());
      authorities = Authorities.read(another.authorities(), "node-ca = PEM-FILE");
      HttpClientRequest after = request(HttpVersion.HTTP_2, port, HttpMethod.GET, "/fn/hello");
      assertNotEquals(old, after.connection().peerCertificates());
      assertEquals(200, answer(after).statusCode());
    }
  }

  @Test
  void nothing_older_than_tls_1_2_is_spoken() throws Exception {
    try (var node = echo();
        var gateway = gateway(node)) {
      int port = gateway.listen(keys);
      for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
        shake(port, version);
      }
      for (String old : new String[] {"TLSv1.1", "TLSv1"}) {
        assertThrows(SSLHandshakeException.class, () -> shake(port, old));
      }
    }
  }

  private void shake(int port, String version) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) authorities.context().getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
    }
  }
}
