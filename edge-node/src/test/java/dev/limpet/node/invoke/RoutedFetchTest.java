package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.node.retrieval.DelegatedRouter;
import dev.limpet.node.retrieval.DelegatedRouters;
import dev.limpet.node.retrieval.OutsideServers;
import dev.limpet.node.retrieval.PublicLoopback;
import dev.limpet.node.retrieval.TrustlessGateway;
import dev.limpet.node.retrieval.TrustlessGateways;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.MemoWish;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmhost.CancelToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that only a router knows somebody for, when loopback is a public address. */
class RoutedFetchTest {
  private static final byte[] BYTES =
      "what nobody near has\n".repeat(100).getBytes(StandardCharsets.UTF_8);
  private static final Cid ROOT = Cid.of(Multicodec.RAW, BYTES);
  private static final long PLENTY = 1 << 20;

  @TempDir private Path folder = Path.of("");

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final StoredInMemory data = new StoredInMemory();
  private SSLContext serving;
  private TrustlessGateways http;

  @BeforeEach
  void start() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    serving = SSLContext.getInstance("TLS");
    serving.init(new KeyManager[] {TestAuthority.open(authority.issue("server"))}, null, null);
    http =
        PublicLoopback.gateways(
            timer, Authorities.read(authority.authorities(), "node-ca = PEM-FILE").context());
  }

  @AfterEach
  void stop() {
    http.close();
    timer.shutdownNow();
  }

  /** A gateway without CARs that gives these bytes for every block. */
  private WireServer gateway(byte[] bytes) {
    return WireServer.start(
        serving,
        e -> {
          if (e.head().target().equals("/ipfs/" + ROOT + "?format=raw")) {
            e.begin(200, "Content-Type: application/vnd.ipld.raw");
            e.chunk(bytes);
            e.end();
          } else {
            e.answer(406, "no CARs here");
          }
        });
  }

  private WireServer router(WireServer... gateways) {
    String records =
        Stream.of(gateways)
            .map(
                gateway ->
                    "{\"Schema\":\"peer\",\"Protocols\":[\"transport-ipfs-gateway-http\"],"
                        + "\"Addrs\":[\"/dns/localhost/tcp/%d/https\"]}\n"
                            .formatted(gateway.url().getPort()))
            .collect(Collectors.joining());
    return WireServer.start(
        serving,
        e -> {
          e.begin(200, "Content-Type: application/x-ndjson");
          e.chunk(records);
          e.end();
        });
  }

  private void find(long maxFetchBytes, WireServer... routers) {
    List<DelegatedRouter> all =
        Arrays.stream(routers)
            .map(router -> new DelegatedRouter(new TrustlessGateway(router.url(), false)))
            .toList();
    OutsideServers servers = new OutsideServers(List.of(), all, Set.of());
    try (CarClient client = new CarClient(timer)) {
      Peers peers = new Peers(client, Authorities.ofMachine("none"));
      Sources sources = new Sources(peers, http, new DelegatedRouters(servers, http), data);
      Deadline deadline = Deadline.in(Duration.ofMinutes(1));
      List<ResolvedInput> found =
          new Inputs(data, sources)
              .find(
                  call(maxFetchBytes), deadline, new CancelToken(), new FetchMeter(maxFetchBytes));
      assertEquals(BYTES.length, found.getFirst().bytes());
    }
  }

  private static Invocation call(long maxFetchBytes) {
    return new Invocation(
        ExecutionId.random(),
        ROOT,
        ROOT,
        ByteString.of(new byte[] {1}),
        "GET",
        false,
        "",
        "",
        List.of(),
        List.of(new Invocation.Input(ROOT, List.of(), "/data")),
        Map.of(),
        null,
        1000,
        maxFetchBytes,
        null,
        List.of(),
        0,
        true,
        MemoWish.USE,
        null);
  }

  private LimpetException refused(long maxFetchBytes, WireServer... routers) {
    return assertThrows(LimpetException.class, () -> find(maxFetchBytes, routers));
  }

  @Test
  void a_gateway_that_a_router_names_gives_what_nobody_listed_has() {
    try (WireServer gateway = gateway(BYTES);
        WireServer router = router(gateway)) {
      find(PLENTY, router);
      assertArrayEquals(BYTES, data.blocks().get(ROOT));
      assertEquals(1, router.connections());
      find(PLENTY, router);
      assertEquals(1, router.connections());
    }
  }

  @Test
  void routers_and_those_whom_they_name_are_asked_in_turn() {
    byte[] wrong = new byte[BYTES.length];
    try (WireServer liar = gateway(wrong);
        WireServer gone = WireServer.start(serving, WireExchange::reset);
        WireServer honest = gateway(BYTES);
        WireServer knowing = router(liar, gone, honest);
        WireServer none = WireServer.start(serving, e -> e.answer(404, ""));
        WireServer broken = WireServer.start(serving, e -> e.answer(500, ""))) {
      find(PLENTY, broken, none, knowing);
      assertArrayEquals(BYTES, data.blocks().get(ROOT));
      assertTrue(liar.connections() > 0);
    }
  }

  @Test
  void no_router_is_asked_for_a_call_for_which_nothing_may_travel() {
    try (WireServer gateway = gateway(BYTES);
        WireServer router = router(gateway)) {
      assertEquals(ErrorCode.NOT_HELD, refused(0, router).code());
      assertEquals(0, router.connections());
      assertEquals(ErrorCode.WOULD_MOVE, refused(1, router).code());
      assertEquals(1, router.connections());
    }
  }

  @Test
  void wrong_bytes_and_nobody_who_has_it_are_told_apart() {
    try (WireServer liar = gateway(new byte[BYTES.length]);
        WireServer lying = router(liar);
        WireServer none = WireServer.start(serving, e -> e.answer(404, ""));
        WireServer broken = WireServer.start(serving, e -> e.answer(500, ""))) {
      assertEquals(ErrorCode.HASH_MISMATCH, refused(PLENTY, lying, none).code());
      assertEquals(ErrorCode.DATA_NOT_FOUND, refused(PLENTY, none).code());
      assertEquals(ErrorCode.DATA_UNAVAILABLE, refused(PLENTY, broken, none).code());
      assertNull(data.blocks().get(ROOT));
    }
  }

  @Test
  void a_call_on_what_is_here_asks_nobody() {
    data.fetched().put(Block.verified(ROOT, BYTES));
    try (WireServer router = router()) {
      find(PLENTY, router);
      assertEquals(0, router.connections());
    }
  }
}
