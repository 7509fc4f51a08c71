package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delegated routing: where IPFS clients are sent. */
class RoutingTest {
  private static final Cid DATA = Cid.of(Multicodec.RAW, new byte[] {1});
  private static final Map<String, String> PUBLIC = Map.of(NodeJoin.PUBLIC_DATA_LABEL, "true");

  @TempDir private Path dir;
  private CallsUnderTest gateway;

  @BeforeEach
  void start() {
    gateway = CallsUnderTest.open(dir);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private WireAnswer providers(String query, String... lines) {
    return Asking.get(gateway, "/routing/v1/providers/" + DATA + query, lines);
  }

  private KnownNode join(String name, String url, Map<String, String> labels, boolean whole) {
    CallsUnderTest.Member member = gateway.join(name, URI.create(url), labels);
    return (whole ? member.holdsAllOf(DATA, 1) : member.holdsPartOf(DATA, 1)).known();
  }

  @Test
  void what_nobody_has_is_an_empty_list_that_is_soon_forgotten() {
    WireAnswer none = providers("");
    assertEquals(200, none.status());
    assertEquals("{\"Providers\":[]}", none.text());
    assertEquals("application/json", none.header("Content-Type"));
    assertEquals("public, max-age=15, stale-while-revalidate=172800", none.header("Cache-Control"));
    assertEquals("", providers("", "Accept: application/x-ndjson").text());
    assertEquals(400, Asking.get(gateway, "/routing/v1/providers/nocid").status());
    assertEquals(404, Asking.get(gateway, "/routing/v1/peers/" + DATA).status());
  }

  @Test
  void nodes_that_let_anybody_read_and_have_all_of_it_are_named() {
    join("closed", "http://192.0.2.1:8641", Map.of(), true);
    join("part", "http://192.0.2.2:8641", PUBLIC, false);
    KnownNode open = join("open", "http://192.0.2.9:80", PUBLIC, true);
    KnownNode six = join("six", "http://[2001:db8::1]:8641", PUBLIC, true);
    String first = peer(open, "/ip4/192.0.2.9/tcp/80/http");
    String second = peer(six, "/ip6/2001:db8:0:0:0:0:0:1/tcp/8641/http");
    WireAnswer all = providers("");
    assertEquals("{\"Providers\":[" + first + "," + second + "]}", all.text());
    assertEquals("public, max-age=300, stale-while-revalidate=172800", all.header("Cache-Control"));
    WireAnswer lines = providers("", "Accept: application/x-ndjson");
    assertEquals(first + "\n" + second + "\n", lines.text());
    assertEquals("application/x-ndjson", lines.header("Content-Type"));
  }

  @Test
  void a_node_that_has_not_shown_what_it_announced_is_not_named() throws Exception {
    try (WireServer liar = CallsUnderTest.node(exchange -> exchange.answer(200, "other bytes"))) {
      gateway.join("liar", liar.url(), PUBLIC).claims(DATA);
      assertEquals("{\"Providers\":[]}", providers("").text());
    }
  }

  @Test
  void a_node_on_loopback_is_named_to_this_machine_and_not_through_a_proxy_on_it() {
    KnownNode here = join("here", "http://127.0.0.1:8641", PUBLIC, true);
    String peer = peer(here, "/ip4/127.0.0.1/tcp/8641/http");
    assertEquals("{\"Providers\":[" + peer + "]}", providers("").text());
    assertEquals("{\"Providers\":[]}", providers("", "X-Forwarded-For: 192.0.2.7").text());
  }

  @Test
  void the_gateway_is_named_over_https_for_what_any_node_has_to_whom_it_reads_for() {
    KnownNode closed = join("closed", "http://192.0.2.1:8641", Map.of(), true);
    KnownNode open = join("open", "http://192.0.2.9:80", PUBLIC, true);
    gateway.tlsUrl = URI.create("https://data.example:8443");
    String first = peer(closed, "/dns/data.example/tcp/8443/tls/http");
    String second =
        peer(open, "/ip4/192.0.2.9/tcp/80/http\",\"/dns/data.example/tcp/8443/tls/http");
    assertEquals("{\"Providers\":[" + first + "," + second + "]}", providers("").text());
    String tls = peer(open, "/dns/data.example/tcp/8443/tls/http");
    assertEquals(
        "{\"Providers\":[" + first + "," + tls + "]}", providers("?filter-addrs=tls").text());
    gateway.tlsUrl = URI.create("https://127.0.0.1");
    String local = peer(closed, "/ip4/127.0.0.1/tcp/443/tls/http");
    assertTrue(providers("").text().contains(local));
    assertFalse(providers("", "X-Forwarded-For: 192.0.2.7").text().contains("127.0.0.1"));
  }

  @Test
  void the_public_is_not_sent_to_a_gateway_that_asks_no_node_for_it() {
    gateway.close();
    gateway = new CallsUnderTest(dir, Setup.OPEN.withPublic());
    gateway.tlsUrl = URI.create("https://data.example:8443");
    KnownNode open = join("open", "http://192.0.2.9:80", PUBLIC, true);
    String first = peer(open, "/ip4/192.0.2.9/tcp/80/http");
    assertEquals("{\"Providers\":[" + first + "]}", providers("").text());
  }

  @Test
  void filters_leave_out_what_a_client_cannot_use() {
    KnownNode open = join("open", "http://192.0.2.9:80", PUBLIC, true);
    KnownNode plain = join("six", "http://[2001:db8::1]:8641", PUBLIC, true);
    String first = peer(open, "/ip4/192.0.2.9/tcp/80/http");
    String second = peer(plain, "/ip6/2001:db8:0:0:0:0:0:1/tcp/8641/http");
    assertEquals("{\"Providers\":[" + first + "]}", providers("?filter-addrs=ip4,quic").text());
    assertEquals("{\"Providers\":[" + second + "]}", providers("?filter-addrs=!ip4").text());
    assertEquals("{\"Providers\":[]}", providers("?filter-addrs=unknown").text());
    assertEquals("{\"Providers\":[]}", providers("?filter-protocols=transport-bitswap").text());
    assertEquals(
        "{\"Providers\":[" + first + "," + second + "]}",
        providers("?filter-protocols=unknown,transport-ipfs-gateway-http").text());
  }

  @Test
  void who_may_not_read_data_may_not_ask_where_it_is() {
    gateway.close();
    Setup guarded = new Setup(CallPolicy.STANDARD, true, false, List.of(), List.of());
    gateway = new CallsUnderTest(dir, guarded);
    assertEquals(401, providers("").status());
    assertEquals(
        200, providers("", "Authorization: Bearer " + CallsUnderTest.CALLS_TOKEN).status());
    gateway.close();
    gateway = new CallsUnderTest(dir, guarded.withPublic());
    assertEquals(
        "public, max-age=15, stale-while-revalidate=172800", providers("").header("Cache-Control"));
  }

  private static String peer(KnownNode node, String address) {
    return "{\"Schema\":\"peer\",\"ID\":\""
        + node.peerId()
        + "\",\"Addrs\":[\""
        + address
        + "\"],\"Protocols\":[\"transport-ipfs-gateway-http\"]}";
  }
}
