package dev.limpet.node.retrieval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How gateways outside are asked, and what they can do to whoever asks. */
class TrustlessGatewaysTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final TrustlessGateways.Pace HASTY =
      new TrustlessGateways.Pace(LONG, LONG, Duration.ofMillis(100), 1000);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private TrustlessGateways with(AddressRule.Resolver names, TrustlessGateways.Pace pace) {
    return new TrustlessGateways(
        List.of(),
        new TrustlessGateways.Ground(
            timer,
            new AddressRule(names),
            pace,
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault()));
  }

  private TrustlessGateways standard() {
    return with(InetAddress::getAllByName, TrustlessGateways.Pace.STANDARD);
  }

  private static TrustlessGateway local(WireServer server) {
    return new TrustlessGateway(server.url(), true);
  }

  private static TrustlessAnswer get(TrustlessGateways gateways, TrustlessGateway gateway) {
    return gateways.get(gateway, "/ipfs/x?format=car", "application/vnd.ipld.car", LONG);
  }

  private static LimpetException refused(TrustlessGateways gateways, TrustlessGateway gateway) {
    return assertThrows(LimpetException.class, () -> get(gateways, gateway).close());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.0.0.7",
        "172.16.9.9",
        "192.168.1.1",
        "100.64.3.3",
        "169.254.169.254",
        "224.0.0.5",
        "0.0.0.0",
        "::1",
        "::ffff:10.0.0.7",
        "64:ff9b::a9fe:a9fe",
        "fe80::1",
        "fd00::1",
        "ff02::1",
      })
  void a_name_that_leads_to_an_address_that_is_not_public_is_refused(String literal) {
    TrustlessGateway gateway = new TrustlessGateway(URI.create("https://gateway.example"), false);
    InetAddress secret = InetAddress.ofLiteral(literal);
    InetAddress open = InetAddress.ofLiteral("93.184.216.34");
    for (InetAddress[] found : new InetAddress[][] {{secret}, {open, secret}}) {
      LimpetException refused = refused(with(_ -> found, TrustlessGateways.Pace.STANDARD), gateway);
      assertEquals(ErrorCode.UNREACHABLE, refused.code());
      assertTrue(refused.problem().detail().contains("not public"), refused.problem().detail());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.5", "fe80::1"})
  void not_even_a_local_gateway_is_at_a_metadata_service_or_at_many_places(String literal) {
    TrustlessGateway gateway = new TrustlessGateway(URI.create("http://gateway.example"), true);
    InetAddress[] found = {InetAddress.ofLiteral(literal)};
    LimpetException refused = refused(with(_ -> found, TrustlessGateways.Pace.STANDARD), gateway);
    assertTrue(refused.problem().detail().contains(literal.split("::", -1)[0]));
  }

  @Test
  void some_addresses_of_each_kind_are_tried_first() throws IOException {
    InetAddress[] found =
        Stream.of("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "2001:db8::1")
            .map(InetAddress::ofLiteral)
            .toArray(InetAddress[]::new);
    TrustlessGateway gateway = new TrustlessGateway(URI.create("https://gateway.example"), false);
    List<InetAddress> order = new AddressRule(_ -> found).resolve(gateway, LONG);
    assertEquals(List.of(found[0], found[4], found[1], found[2], found[3]), order);
  }

  @Test
  void a_gateway_beyond_the_own_network_is_asked_over_tls_alone() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrustlessGateway(URI.create("http://gateway.example"), false));
  }

  @Test
  void the_address_that_was_checked_is_the_one_that_is_connected_to() throws Exception {
    try (WireServer server =
        WireServer.start(e -> e.answer(200, e.head().header("host").orElse("")))) {
      Deque<InetAddress> answers = new ArrayDeque<>();
      answers.add(InetAddress.ofLiteral("127.0.0.1"));
      URI url = URI.create("http://rebind.example:" + server.url().getPort());
      TrustlessGateways gateways =
          with(_ -> new InetAddress[] {answers.remove()}, TrustlessGateways.Pace.STANDARD);
      try (TrustlessAnswer answer = get(gateways, new TrustlessGateway(url, true))) {
        assertEquals(200, answer.status());
        String host = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("rebind.example:" + url.getPort(), host);
      }
    }
  }

  @Test
  void a_name_without_an_address_and_a_port_without_a_server_give_no_answer() {
    AddressRule.Resolver none =
        host -> {
          throw new UnknownHostException(host);
        };
    TrustlessGateway gateway = new TrustlessGateway(URI.create("http://nowhere.example"), true);
    assertEquals(
        ErrorCode.UNREACHABLE,
        refused(with(none, TrustlessGateways.Pace.STANDARD), gateway).code());
    WireServer gone = WireServer.start(e -> e.answer(200, ""));
    TrustlessGateway closed = local(gone);
    gone.close();
    assertEquals(ErrorCode.UNREACHABLE, refused(standard(), closed).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data"})
  void a_redirect_is_an_answer_and_not_followed(String location) throws Exception {
    try (WireServer server = WireServer.start(e -> e.answer(302, "", "Location: " + location));
        TrustlessAnswer answer = get(standard(), local(server))) {
      assertEquals(302, answer.status());
      assertEquals(1, server.connections());
    }
  }

  @Test
  void a_head_that_does_not_end_is_cut() {
    try (WireServer server =
        WireServer.start(
            e -> {
              e.raw("HTTP/1.1 200 OK\r\n");
              while (true) {
                e.raw("X-Filler: " + "x".repeat(1000) + "\r\n");
              }
            })) {
      assertTrue(
          refused(standard(), local(server)).problem().detail().contains("head is too large"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "220 mail.example ESMTP\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n",
      })
  void what_is_no_head_is_no_answer(String head) {
    try (WireServer server = WireServer.start(e -> e.raw(head))) {
      assertEquals(ErrorCode.UNREACHABLE, refused(standard(), local(server)).code());
    }
  }

  @Test
  void early_hints_are_passed_over_but_not_for_ever() throws Exception {
    String hint = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    try (WireServer server =
            WireServer.start(e -> e.raw(hint + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
        WireServer endless = WireServer.start(e -> e.raw(hint.repeat(100)))) {
      try (TrustlessAnswer answer = get(standard(), local(server))) {
        assertArrayEquals(new byte[] {'h', 'i'}, answer.body().readAllBytes());
      }
      assertEquals(ErrorCode.UNREACHABLE, refused(standard(), local(endless)).code());
    }
  }

  /** One that closes the connection behind the rest of an answer. */
  private static WireServer ending(String rest) {
    return WireServer.start(
        e -> {
          e.raw("HTTP/1.1 200 OK\r\n" + rest);
          e.close();
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 10\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n-1\r\n",
      })
  void a_body_that_ends_before_its_end_is_an_error(String rest) throws Exception {
    try (WireServer server = ending(rest);
        TrustlessAnswer answer = get(standard(), local(server))) {
      assertThrows(IOException.class, () -> answer.body().readAllBytes());
    }
  }

  @Test
  void chunks_lengths_and_closed_connections_end_bodies() throws Exception {
    for (String rest :
        List.of(
            "Content-Length: 5\r\n\r\nhello",
            "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: v\r\n\r\n",
            "\r\nhello")) {
      try (WireServer server = ending(rest);
          TrustlessAnswer answer = get(standard(), local(server))) {
        assertEquals(5, answer.body().readAllBytes().length);
      }
    }
  }

  @Test
  void a_body_that_drips_is_ended() throws Exception {
    try (WireServer server =
            WireServer.start(
                e -> {
                  e.begin(200);
                  while (true) {
                    e.chunk("x");
                  }
                });
        TrustlessAnswer answer =
            get(
                with(
                    InetAddress::getAllByName,
                    new TrustlessGateways.Pace(LONG, LONG, Duration.ofMillis(100), Long.MAX_VALUE)),
                local(server))) {
      IOException ended = assertThrows(IOException.class, () -> answer.body().skip(Long.MAX_VALUE));
      assertEquals("it sends too slowly", ended.getMessage());
    }
  }

  @Test
  void a_body_and_a_head_that_do_not_come_are_ended() throws Exception {
    try (WireServer silent =
        WireServer.start(
            e -> {
              if (e.head().target().endsWith("car")) {
                e.begin(200);
              }
              e.awaitPeerGone();
            })) {
      try (TrustlessAnswer answer = get(with(InetAddress::getAllByName, HASTY), local(silent))) {
        assertThrows(IOException.class, () -> answer.body().read());
      }
      LimpetException late =
          assertThrows(
              LimpetException.class,
              () ->
                  standard()
                      .get(local(silent), "/ipfs/x?format=raw", "a/b", Duration.ofMillis(200)));
      assertTrue(late.problem().detail().contains("took too long"), late.problem().detail());
    }
  }

  @Test
  void a_gateway_that_wants_rest_is_not_asked_until_it_is_over() {
    try (WireServer busy = WireServer.start(e -> e.answer(429, "", "Retry-After: 7200"));
        WireServer down = WireServer.start(e -> e.answer(503, "", "Retry-After: 5"))) {
      for (WireServer server : List.of(busy, down)) {
        TrustlessGateways gateways = standard();
        for (int i = 0; i < 3; i++) {
          LimpetException refused = refused(gateways, local(server));
          assertEquals(ErrorCode.OVERLOADED, refused.code());
          long rest = refused.problem().retryAfterSeconds().orElseThrow();
          assertTrue(rest > 0 && rest <= TrustlessGateways.MAX_REST.toSeconds(), "" + rest);
        }
        assertEquals(1, server.connections());
      }
    }
  }

  @Test
  void closing_ends_what_is_under_way() throws Exception {
    try (WireServer silent =
        WireServer.start(
            e -> {
              e.begin(200);
              e.awaitPeerGone();
            })) {
      TrustlessGateways gateways = standard();
      try (TrustlessAnswer answer = get(gateways, local(silent))) {
        gateways.close();
        assertThrows(IOException.class, () -> answer.body().read());
      }
      assertEquals(ErrorCode.UNREACHABLE, refused(gateways, local(silent)).code());
    }
  }
}
