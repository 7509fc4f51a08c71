package dev.limpet.node.retrieval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connections to gateways outside serve more than one answer, and TLS to them. */
class KeptConnectionsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String BODY = "some bytes";

  @TempDir private Path folder = Path.of("");

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private TrustlessGateways with(AddressRule.Resolver names, SSLContext tls) {
    return new TrustlessGateways(
        List.of(),
        new TrustlessGateways.Ground(
            timer, new AddressRule(names), TrustlessGateways.Pace.STANDARD, tls::getSocketFactory));
  }

  private TrustlessGateways plain() throws Exception {
    return with(InetAddress::getAllByName, SSLContext.getDefault());
  }

  private static TrustlessGateway of(WireServer server) {
    return new TrustlessGateway(server.url(), true);
  }

  private static TrustlessAnswer get(TrustlessGateways gateways, TrustlessGateway gateway) {
    return gateways.get(gateway, "/ipfs/x?format=raw", "application/vnd.ipld.raw", LONG);
  }

  private static void read(TrustlessGateways gateways, TrustlessGateway gateway)
      throws IOException {
    try (TrustlessAnswer answer = get(gateways, gateway)) {
      assertEquals(200, answer.status());
      assertArrayEquals(BODY.getBytes(StandardCharsets.UTF_8), answer.body().readAllBytes());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome bytes",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nsome bytes\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\na\nsome bytes\n0\nX: y\n\n",
        "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 10\r\n\r\nsome bytes",
      })
  void a_connection_serves_one_answer_after_the_other(String answer) throws Exception {
    try (WireServer server = WireServer.start(exchange -> exchange.raw(answer))) {
      TrustlessGateways gateways = plain();
      for (int i = 0; i < 3; i++) {
        read(gateways, of(server));
      }
      assertEquals(1, server.connections());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nsome bytes",
        "HTTP/1.1 200 OK\nConnection: x, Close\nConnection: y\nContent-Length: 10\n\nsome bytes",
        "HTTP/1.1 200 OK\nContent-Length: 10\n\nsome bytesHTTP/1.1 200 OK\n",
      })
  void one_that_ends_or_has_more_than_the_answer_serves_no_other(String answer) throws Exception {
    try (WireServer server = WireServer.start(exchange -> exchange.raw(answer))) {
      TrustlessGateways gateways = plain();
      for (int i = 0; i < 3; i++) {
        read(gateways, of(server));
      }
      assertEquals(3, server.connections());
    }
  }

  @Test
  void one_whose_answer_was_not_read_serves_no_other() throws Exception {
    try (WireServer server = WireServer.start(exchange -> exchange.answer(200, BODY))) {
      TrustlessGateways gateways = plain();
      for (int i = 0; i < 2; i++) {
        get(gateways, of(server)).close();
      }
      assertEquals(2, server.connections());
    }
  }

  @Test
  void one_that_was_closed_meanwhile_is_replaced() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    WireServer.Script script =
        exchange -> {
          if (requests.incrementAndGet() == 2) {
            exchange.reset();
          } else {
            exchange.answer(200, BODY);
          }
        };
    try (WireServer server = WireServer.start(script)) {
      TrustlessGateways gateways = plain();
      read(gateways, of(server));
      read(gateways, of(server));
      assertEquals(2, server.connections());
      assertEquals(3, requests.get());
    }
  }

  @Test
  void one_that_breaks_in_the_middle_of_an_answer_is_not_asked_again() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    WireServer.Script script =
        exchange -> {
          if (requests.incrementAndGet() == 2) {
            exchange.raw("HTTP/1.1 200 ");
            exchange.close();
          } else {
            exchange.answer(200, BODY);
          }
        };
    try (WireServer server = WireServer.start(script)) {
      TrustlessGateways gateways = plain();
      read(gateways, of(server));
      assertThrows(LimpetException.class, () -> read(gateways, of(server)));
      assertEquals(2, requests.get());
    }
  }

  @Test
  void connections_wait_to_so_many_gateways_and_the_first_one_has_to_go() throws Exception {
    try (WireServer server = WireServer.start(exchange -> exchange.answer(200, BODY))) {
      TrustlessGateways gateways = plain();
      int most = IdleConnections.MAX_IDLE_GATEWAYS;
      for (int i = 0; i <= most; i++) {
        read(gateways, new TrustlessGateway(server.url().resolve("/" + i), true));
      }
      assertEquals(most + 1, server.connections());
      read(gateways, new TrustlessGateway(server.url().resolve("/" + most), true));
      assertEquals(most + 1, server.connections());
      read(gateways, new TrustlessGateway(server.url().resolve("/0"), true));
      assertEquals(most + 2, server.connections());
    }
  }

  @Test
  void a_gateway_with_tls_is_believed_when_its_certificate_has_the_name_that_was_listed()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    SSLContext serving = SSLContext.getInstance("TLS");
    serving.init(new KeyManager[] {TestAuthority.open(authority.issue("server"))}, null, null);
    SSLContext believing =
        Authorities.read(authority.authorities(), "node-ca = PEM-FILE").context();
    try (WireServer server = WireServer.start(serving, exchange -> exchange.answer(200, BODY))) {
      TrustlessGateways gateways = with(InetAddress::getAllByName, believing);
      read(gateways, of(server));
      read(gateways, of(server));
      assertEquals(1, server.connections());
      URI other = URI.create("https://other.example:" + server.url().getPort());
      InetAddress[] same = {InetAddress.getLoopbackAddress()};
      refused(with(_ -> same, believing), new TrustlessGateway(other, true));
      refused(plain(), of(server));
    }
  }

  private static void refused(TrustlessGateways gateways, TrustlessGateway gateway) {
    LimpetException refused =
        assertThrows(LimpetException.class, () -> get(gateways, gateway).close());
    assertTrue(refused.problem().detail().contains("no answer"), refused.problem().detail());
  }
}
