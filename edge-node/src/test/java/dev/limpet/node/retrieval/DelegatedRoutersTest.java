package dev.limpet.node.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What routers answer, and what they can do to whoever asks. */
class DelegatedRoutersTest {
  private static final Cid ROOT = Cid.of(Multicodec.RAW, new byte[] {1, 2, 3});
  private static final Cid OTHER_ROOT = Cid.of(Multicodec.RAW, new byte[] {4});
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String LINES = "Content-Type: application/x-ndjson";
  private static final String JSON = "Content-Type: application/json; charset=utf-8";
  private static final String HONEST = peer("/dns/gateway.example/tcp/443/https");

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final TrustlessGateways http = new TrustlessGateways(List.of(), timer);

  @AfterEach
  void stop() {
    http.close();
    timer.shutdownNow();
  }

  private static String peer(String... addresses) {
    String all = Stream.of(addresses).map(a -> '"' + a + '"').collect(Collectors.joining(","));
    return record("\"peer\"", "[\"transport-bitswap\",\"transport-ipfs-gateway-http\"]", all);
  }

  private static String record(String schema, String protocols, String addresses) {
    return "{\"Schema\":%s,\"ID\":\"12D3KooW\",\"Protocols\":%s,\"Addrs\":[%s]}"
        .formatted(schema, protocols, addresses);
  }

  private static String document(String... records) {
    return "{\"Providers\":[" + String.join(",", records) + "]}";
  }

  private List<String> find(WireServer server, Duration left) {
    DelegatedRouter router = router(server);
    return new DelegatedRouters(servers(router), http)
        .find(router, ROOT, left).stream().map(TrustlessGateway::toString).toList();
  }

  private static DelegatedRouter router(WireServer server) {
    return new DelegatedRouter(new TrustlessGateway(server.url(), true));
  }

  private static OutsideServers servers(DelegatedRouter router) {
    return new OutsideServers(
        List.of(gateway("https://listed.example")),
        List.of(router),
        Set.of("node.example", "Own.Example", "8.8.8.8", "[2620:fe::9]"));
  }

  private static TrustlessGateway gateway(String url) {
    return new TrustlessGateway(URI.create(url), false);
  }

  private List<String> found(String type, String body) {
    try (WireServer server =
        WireServer.start(
            e -> {
              e.begin(200, type);
              e.chunk(body);
              e.end();
            })) {
      return find(server, LONG);
    }
  }

  private String refused(WireServer.Script script, Duration left) {
    try (WireServer server = WireServer.start(script)) {
      LimpetException refused = assertThrows(LimpetException.class, () -> find(server, left));
      assertEquals(ErrorCode.NODE_FAILED, refused.code());
      assertTrue(refused.problem().detail().startsWith(server.url().toString()));
      return refused.problem().detail();
    }
  }

  private void saysNothing(String type, String body, String why) {
    String detail =
        refused(
            e -> {
              e.begin(200, type);
              e.chunk(body);
              e.end();
            },
            LONG);
    assertTrue(detail.contains(why), detail);
  }

  @Test
  void a_router_is_asked_for_gateways_with_tls_by_the_root_in_version_1() {
    List<String> asked = new CopyOnWriteArrayList<>();
    try (WireServer server =
        WireServer.start(
            e -> {
              asked.add(e.head().target());
              asked.add(e.head().header("accept").orElse(""));
              e.answer(404, "nobody");
            })) {
      assertEquals(List.of(), find(server, LONG));
    }
    String filters = "?filter-protocols=transport-ipfs-gateway-http&filter-addrs=https,tls";
    assertEquals(
        List.of(
            "/routing/v1/providers/" + ROOT + filters, "application/x-ndjson, application/json"),
        asked);
  }

  /** One that answers the scripts in turn, and the last again and again. */
  private static WireServer.Script inTurn(AtomicInteger asked, WireServer.Script... scripts) {
    return e -> scripts[Math.min(asked.getAndIncrement(), scripts.length - 1)].handle(e);
  }

  private static void names(WireExchange exchange, String... records) throws IOException {
    exchange.begin(200, LINES);
    for (String record : records) {
      exchange.chunk(record + "\n");
    }
    exchange.end();
  }

  private static void breaksOff(WireExchange exchange) throws IOException {
    exchange.begin(200, LINES);
    exchange.reset();
  }

  @Test
  void that_nobody_has_it_is_remembered_for_a_moment_for_this_root_and_router() {
    AtomicInteger asked = new AtomicInteger();
    AtomicLong now = new AtomicLong();
    try (WireServer server =
            WireServer.start(inTurn(asked, e -> e.answer(404, ""), e -> names(e)));
        WireServer other = WireServer.start(inTurn(asked, e -> names(e, HONEST)))) {
      DelegatedRouter router = router(server);
      DelegatedRouters routers = new DelegatedRouters(servers(router), http, now::get);
      for (int i = 0; i < 3; i++) {
        assertEquals(List.of(), routers.find(router, ROOT, LONG));
        assertEquals(1, asked.get());
      }
      assertEquals(
          List.of(), routers.find(router, OTHER_ROOT, LONG), "of another root it is asked");
      assertEquals(2, asked.get());
      assertEquals(1, routers.find(router(other), ROOT, LONG).size(), "another router is asked");
      now.addAndGet(DelegatedRouters.MAX_NOBODY_AGE.toNanos());
      assertEquals(List.of(), routers.find(router, ROOT, LONG), "and it is asked again later");
      assertEquals(4, asked.get());
    }
  }

  @Test
  void an_answer_that_says_who_or_that_broke_off_is_not_remembered() {
    AtomicInteger asked = new AtomicInteger();
    try (WireServer server =
        WireServer.start(
            inTurn(
                asked,
                e -> e.answer(500, ""),
                DelegatedRoutersTest::breaksOff,
                e -> names(e, HONEST)))) {
      DelegatedRouter router = router(server);
      DelegatedRouters routers = new DelegatedRouters(servers(router), http);
      for (int i = 0; i < 2; i++) {
        assertThrows(LimpetException.class, () -> routers.find(router, ROOT, LONG));
      }
      for (int i = 0; i < 2; i++) {
        assertEquals(1, routers.find(router, ROOT, LONG).size());
      }
      assertEquals(4, asked.get());
    }
  }

  @Test
  void both_forms_of_an_answer_are_read() {
    String other = peer("/dns4/other.example/tcp/8443/tls/http/p2p/12D3KooWPeer");
    List<String> both = List.of("https://gateway.example", "https://other.example:8443");
    assertEquals(both, found(JSON, document(HONEST, other)));
    assertEquals(both, found(LINES, HONEST + "\n" + other + "\n"));
    assertEquals(both, found(LINES, HONEST + "\r\n\r\n" + other));
  }

  @ParameterizedTest
  @CsvSource({
    "/dns/Upper.Example/tcp/443/https, https://upper.example",
    "/dns6/six.example/tcp/444/https, https://six.example:444",
    "/ip4/9.9.9.9/tcp/443/tls/http, https://9.9.9.9",
    "/ip6/2620:fe::fe/tcp/443/https, https://[2620:fe::fe]"
  })
  void addresses_of_http_over_tls_become_urls(String address, String url) {
    assertEquals(List.of(url), found(JSON, document(peer(address))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/dns/a.example/tcp/80/http",
        "/dns/a.example/tcp/443/tls/ws",
        "/dns/a.example/udp/443/quic-v1",
        "/dns/a.example/tcp/0/https",
        "/dns/a.example/tcp/65536/https",
        "/dns/-a-/tcp/443/https",
        "/dns/user@a.example/tcp/443/https",
        "/dns/a.example/tcp/443/https/http-path/x",
        "/dnsaddr/a.example",
        "/dns/node.example/tcp/443/https",
        "/dns/node.example./tcp/443/https",
        "/dns/own.example/tcp/443/https",
        "/ip4/8.8.8.8/tcp/443/https",
        "/ip6/2620:fe::9/tcp/443/https",
        "/ip6/2620:fe:0::0009/tcp/443/https",
        "/ip4/127.0.0.1/tcp/443/https",
        "/ip4/10.0.0.7/tcp/443/https",
        "/ip4/192.168.1.1/tcp/443/https",
        "/ip4/169.254.169.254/tcp/443/https",
        "/ip4/1.2.3/tcp/443/https",
        "/ip6/::1/tcp/443/https",
        "/ip6/::ffff:10.0.0.7/tcp/443/https",
        "/ip6/fd00::7/tcp/443/https",
        "",
      })
  void addresses_that_are_not_public_or_not_https_or_its_own_are_passed_over(String address) {
    assertEquals(
        List.of("https://gateway.example"), found(JSON, document(peer(address), HONEST)), address);
  }

  @Test
  void a_gateway_of_the_owners_list_is_not_named_again() {
    String listed = peer("/dns/listed.example/tcp/443/https");
    assertEquals(List.of("https://gateway.example"), found(LINES, listed + "\n" + HONEST));
  }

  @Test
  void records_of_other_forms_are_passed_over() {
    String address = "\"/dns/wrong.example/tcp/443/https\"";
    String protocols = "[\"transport-ipfs-gateway-http\"]";
    String[] records = {
      "null",
      "7.5e3",
      "[[]]",
      "{}",
      record("\"bitswap\"", protocols, address),
      record("null", protocols, address),
      record("\"peer\"", "\"transport-ipfs-gateway-http\"", address),
      record("\"peer\"", "[\"transport-bitswap\"]", address),
      record("\"peer\"", protocols, "7,null,{\"a\":[1.5]}"),
      "{\"Schema\":\"peer\",\"Protocols\":[\"transport-ipfs-gateway-http\"],\"Addrs\":"
          + address
          + "}",
      HONEST
    };
    assertEquals(List.of("https://gateway.example"), found(JSON, document(records)));
    for (String none : List.of("{\"Providers\":null}", "{\"Providers\":{}}", "{}", "[]")) {
      assertEquals(List.of(), found(JSON, none), none);
    }
  }

  @Test
  void one_record_names_few_gateways_and_one_answer_some() {
    String[] many =
        IntStream.range(0, 100)
            .mapToObj(i -> "/dns/g" + i + ".example/tcp/443/https")
            .toArray(String[]::new);
    assertEquals(
        List.of("https://g0.example", "https://g1.example", "https://gateway.example"),
        found(JSON, document(peer(many), HONEST)));
    String[] each = Stream.of(many).map(DelegatedRoutersTest::peer).toArray(String[]::new);
    assertEquals(FoundGateways.MAX_FOUND_GATEWAYS, found(JSON, document(each)).size());
    assertEquals(FoundGateways.MAX_FOUND_GATEWAYS, found(LINES, String.join("\n", each)).size());
    String[] late = new String[DelegatedRouters.MAX_ROUTER_RECORDS + 1];
    Arrays.fill(late, "{}");
    late[DelegatedRouters.MAX_ROUTER_RECORDS] = HONEST;
    assertEquals(List.of(), found(JSON, document(late)));
    assertEquals(List.of(), found(LINES, String.join("\n", late)));
    late[DelegatedRouters.MAX_ROUTER_RECORDS - 1] = HONEST;
    assertEquals(1, found(JSON, document(late)).size());
    assertEquals(1, found(LINES, String.join("\n", late)).size());
  }

  @Test
  void what_is_no_json_of_a_fair_size_and_depth_says_nothing() {
    saysNothing(JSON, "<html>", "no JSON");
    saysNothing(JSON, document(HONEST) + "x", "no JSON");
    saysNothing(JSON, document("[".repeat(100_000)), "nested deeper");
    saysNothing(LINES, "[".repeat(100_000), "nested deeper");
    saysNothing("Content-Type: text/html", document(HONEST), "neither JSON");
    String large = "1".repeat(DelegatedRouters.MAX_ROUTER_ANSWER_BYTES + 1);
    saysNothing(LINES, large, "more than 1048576 bytes");
    saysNothing(JSON, large, "more than 1048576 bytes");
  }

  @Test
  void lines_are_not_read_without_end() {
    try (WireServer server =
        WireServer.start(
            e -> {
              e.begin(200, LINES);
              e.chunk(HONEST + "\n");
              while (true) {
                e.chunk(" ".repeat(10_000)); // until nobody reads it any more
              }
            })) {
      assertEquals(List.of("https://gateway.example"), find(server, LONG));
      assertEquals(1, server.connections());
    }
  }

  @ParameterizedTest
  @CsvSource({"301, redirects are not followed", "500, status 500", "400, status 400"})
  void other_answers_are_faults(int status, String why) {
    String detail = refused(e -> e.answer(status, "", "Location: https://a.example"), LONG);
    assertTrue(detail.contains(why), detail);
  }

  @Test
  void a_router_that_drips_says_nothing_and_one_that_goes_on_has_named_those_of_before() {
    Duration soon = Duration.ofMillis(300);
    String detail =
        refused(
            e -> {
              e.begin(200, LINES);
              e.chunk("{");
              e.awaitPeerGone();
            },
            soon);
    assertTrue(detail.contains("the time was over"), detail);
    try (WireServer server =
        WireServer.start(
            e -> {
              e.begin(200, LINES);
              e.chunk(HONEST + "\n{");
              e.awaitPeerGone();
            })) {
      assertEquals(List.of("https://gateway.example"), find(server, soon));
    }
  }
}
