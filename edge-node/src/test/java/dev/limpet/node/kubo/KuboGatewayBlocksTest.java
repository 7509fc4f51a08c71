package dev.limpet.node.kubo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of a Kubo that has its gateway on this machine. */
class KuboGatewayBlocksTest {
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final byte[] BYTES = "limpet".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "other".getBytes(StandardCharsets.UTF_8);

  private final FakeKubo kubo = new FakeKubo();
  private final Cid cid = kubo.hold(BYTES);
  private final KuboBlockstore store =
      KuboBlockstore.withGateway(
          new KuboClient(new KuboAddress(kubo.url(), null), SILENCE), SILENCE);

  KuboGatewayBlocksTest() throws IOException {}

  @AfterEach
  void stop() {
    store.close();
    kubo.close();
  }

  private void sayWhere(String value) {
    String json = "{\"Key\":\"Addresses.Gateway\",\"Value\":" + value + "}\n";
    kubo.tell("config", "HTTP/1.1 200 OK\r\nContent-Length: " + json.length() + "\r\n\r\n" + json);
  }

  private String here() {
    return "\"/ip4/127.0.0.1/tcp/" + kubo.url().getPort() + "\"";
  }

  private long asked(String what) {
    return kubo.requests().stream().filter(request -> request.contains(what)).count();
  }

  @Test
  void blocks_come_from_the_gateway_which_may_not_look_for_them_elsewhere() {
    sayWhere("[\"/ip4/192.0.2.1/tcp/80\"," + here() + "]");
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(BYTES, store.get(cid));
    }
    assertEquals(0, asked("block/get"));
    assertEquals(1, asked("/config?"));
    assertEquals(3, asked("GET /ipfs/" + cid + "?format=raw HTTP/1.1"));
    assertEquals(3, asked("\nCache-Control: only-if-cached"));
    assertEquals(2, kubo.connections(), "the one that told where it is was closed by that");
  }

  @Test
  void while_small_blocks_come_the_rpc_is_asked_which_costs_less_for_those() {
    sayWhere(here());
    Cid large = kubo.hold(new byte[KuboGateway.LARGE_BYTES]);
    for (int i = 0; i < KuboGateway.SMALL_IN_A_ROW; i++) {
      assertArrayEquals(BYTES, store.get(cid));
    }
    assertEquals(0, asked("block/get"));
    assertArrayEquals(BYTES, store.get(cid));
    assertNotNull(store.get(large));
    assertEquals(2, asked("block/get"));
    assertNotNull(store.get(large));
    assertArrayEquals(BYTES, store.get(cid));
    assertEquals(2, asked("block/get"), "a large one has come since");
  }

  @Test
  void a_gateway_that_is_found_while_the_store_closes_gets_no_connection() {
    sayWhere(here());
    kubo.before("config", store::close);
    assertThrows(StoreFailedException.class, () -> store.get(cid));
    assertEquals(1, asked("/config?"));
    assertEquals(0, asked("GET /ipfs/"));
  }

  @Test
  void that_a_block_is_not_there_is_known_from_the_rpc_alone() {
    sayWhere(here());
    Cid absent = Cid.of(Multicodec.RAW, OTHER);
    assertNull(store.get(absent));
    assertEquals(1, asked("block/get"));
    assertArrayEquals(BYTES, store.get(cid), "and the gateway is asked for others");
    assertEquals(1, asked("block/get"));
  }

  @Test
  void while_blocks_are_not_there_the_rpc_alone_is_asked_for_the_next_ones() {
    sayWhere(here());
    for (int i = 0; i < KuboGateway.SMALL_IN_A_ROW + 3; i++) {
      assertNull(
          store.get(Cid.of(Multicodec.RAW, ("absent " + i).getBytes(StandardCharsets.UTF_8))));
    }
    assertEquals(KuboGateway.SMALL_IN_A_ROW, asked("GET /ipfs/"));
    assertEquals(KuboGateway.SMALL_IN_A_ROW + 3, asked("block/get"));
  }

  /** The last one is a gateway that sends another block. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nlimpet",
        "HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\nlimpet",
        "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 X\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
      })
  void a_gateway_that_fails_or_lies_is_left_alone_and_the_rpc_is_asked(String raw) {
    sayWhere(here());
    kubo.tell("ipfs", raw);
    assertArrayEquals(BYTES, store.get(cid));
    long before = asked("GET /ipfs/");
    assertTrue(before > 0, "it was asked");
    assertArrayEquals(BYTES, store.get(cid));
    assertEquals(before, asked("GET /ipfs/"));
    assertEquals(2, asked("block/get"));
  }

  @Test
  void a_kubo_that_has_forged_a_block_is_found_out_by_both_ways() {
    sayWhere(here());
    kubo.hold(cid, OTHER);
    assertThrows(HashMismatchException.class, () -> store.get(cid));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "[]", "7", "[7]", "\"/ip4/192.0.2.1/tcp/80\""})
  void a_kubo_without_a_gateway_here_is_asked_for_it_once(String value) {
    sayWhere(value);
    assertArrayEquals(BYTES, store.get(cid));
    assertArrayEquals(BYTES, store.get(cid));
    assertEquals(1, asked("/config?"));
    assertEquals(2, asked("block/get"));
  }

  @ParameterizedTest
  @CsvSource({
    "/ip4/127.0.0.1/tcp/8080, http://127.0.0.1:8080",
    "/ip4/0.0.0.0/tcp/8080/http, http://127.0.0.1:8080",
    "/ip6/::1/tcp/8080, http://[::1]:8080",
    "/ip6/::/tcp/65535, http://[::1]:65535",
    "/ip4/127.0.0.1/tcp/0,",
    "/ip4/127.0.0.1/tcp/65536,",
    "/ip4/10.0.0.1/tcp/8080,",
    "/ip6/2001:db8::1/tcp/8080,",
    "/ip4/999.0.0.1/tcp/8080,",
    "/dns4/localhost/tcp/8080,",
    "/unix/run/kubo.sock,",
    "/ip4/127.0.0.1/tcp/8080/tls,"
  })
  void only_addresses_of_this_machine_are_gateways(String multiaddr, @Nullable String url) {
    assertEquals(url == null ? null : URI.create(url), KuboGateway.url(multiaddr));
  }
}
