package dev.limpet.node.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.limpet.protocol.access.BelievingClient;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.protocol.tls.UnbelievedCertificateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a client looks at a certificate again, though its connection was kept. */
@Timeout(60)
class BelievingClientTest {
  @TempDir private Path folder;
  private final HttpsServer server;

  BelievingClientTest() throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Answers with the port of the client, by which connections are told apart. */
  private URI start(ServerKeys keys) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, null, null);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          byte[] port =
              Integer.toString(exchange.getRemoteAddress().getPort())
                  .getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(200, port.length);
          exchange.getResponseBody().write(port);
          exchange.close();
        });
    server.start();
    return URI.create("https://localhost:" + server.getAddress().getPort());
  }

  private static String said(HttpClient client, URI at) throws Exception {
    return client.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString()).body();
  }

  private static String refused(BelievingClient client, URI at) {
    IOException refused = assertThrows(IOException.class, () -> said(client.now(), at));
    return String.valueOf(UnbelievedCertificateException.in(refused).orElseThrow().getMessage());
  }

  @Test
  void an_authority_that_is_taken_out_of_the_file_is_believed_no_more_on_kept_connections()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path file = authority.authorities();
    Path other = new TestAuthority(Files.createDirectory(folder.resolve("o"))).authorities();
    Authorities watched = TestAuthority.watched(file, "node-ca = PEM-FILE");
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"))) {
      URI at = start(keys);
      try (BelievingClient client = new BelievingClient(at, watched, UnaryOperator.identity())) {
        HttpClient first = client.now();
        String port = said(first, at);
        assertSame(first, client.now());
        assertEquals(port, said(client.now(), at));
        TestAuthority.replace(file, other);
        assertTrue(refused(client, at).contains("is signed by none of the authorities of "));
        assertEquals(port, said(first, at)); // it was kept, and what began with it goes on
      }
    }
  }

  /** A request that is not answered before the latch is down. */
  private HttpClient asking(BelievingClient client, URI at, CountDownLatch answer)
      throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    server.createContext(
        "/slow",
        exchange -> {
          asked.countDown();
          try {
            answer.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    HttpClient first = client.now();
    var _ =
        first.sendAsync(
            HttpRequest.newBuilder(at.resolve("/slow")).build(), BodyHandlers.ofString());
    asked.await();
    return first;
  }

  @Test
  void what_runs_ends_with_it_however_many_clients_were_made_since() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path file = authority.authorities();
    Path copy = Files.copy(file, folder.resolve("copy.pem"));
    Authorities watched = TestAuthority.watched(file, "node-ca");
    CountDownLatch answer = new CountDownLatch(1);
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"))) {
      URI at = start(keys);
      HttpClient first;
      try (BelievingClient client = new BelievingClient(at, watched, UnaryOperator.identity())) {
        first = asking(client, at, answer);
        for (int i = 0; i < 3; i++) {
          HttpClient last = client.now();
          TestAuthority.replace(file, copy);
          assertNotSame(last, client.now());
        }
        assertFalse(first.isTerminated());
      }
      await().until(first::isTerminated);
    } finally {
      answer.countDown();
    }
  }

  @Test
  void after_its_end_it_makes_nothing_that_stays() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path file = authority.authorities();
    Path copy = Files.copy(file, folder.resolve("copy.pem"));
    Authorities watched = TestAuthority.watched(file, "node-ca");
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"))) {
      URI at = start(keys);
      BelievingClient unused = new BelievingClient(at, watched, UnaryOperator.identity());
      unused.close();
      assertThrows(IOException.class, () -> said(unused.now(), at));
      await().until(() -> unused.now().isTerminated());
      BelievingClient used = new BelievingClient(at, watched, UnaryOperator.identity());
      HttpClient last = used.now();
      used.close();
      TestAuthority.replace(file, copy);
      assertSame(last, used.now());
      assertThrows(IOException.class, () -> said(last, at));
    }
  }

  @Test
  @Tag("long")
  void a_certificate_that_has_ended_is_refused_though_its_session_could_be_resumed()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Authorities watched = TestAuthority.watched(authority.authorities(), "node-ca");
    Instant end = Instant.now().plusSeconds(6);
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed", end))) {
      URI at = start(keys);
      try (BelievingClient client = new BelievingClient(at, watched, UnaryOperator.identity())) {
        HttpClient first = client.now();
        String port = said(first, at);
        await().pollInterval(Duration.ofMillis(50)).until(() -> !first.equals(client.now()));
        assertTrue(refused(client, at).contains(" ended at "));
        assertEquals(port, said(first, at));
      }
    }
  }
}
