package dev.limpet.gateway.placement;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.tls.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway knows of the certificates of nodes that nobody calls. */
@Timeout(60)
class CertificateWatchTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger asked = new AtomicInteger();

  @TempDir private Path folder;

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private URI node(String scheme, HttpServerOptions options) {
    int port =
        vertx
            .createHttpServer(options.setHost("127.0.0.1"))
            .requestHandler(
                request -> {
                  asked.incrementAndGet();
                  request.response().end();
                })
            .listen(0)
            .await()
            .actualPort();
    return URI.create(scheme + "://127.0.0.1:" + port);
  }

  private KnownNode joined(FakeNodes nodes, URI url) {
    nodes.reachedAt(url);
    nodes.join("shed");
    return Objects.requireNonNull(nodes.registry.find("shed"));
  }

  private NodeClient client(Authorities authorities) {
    return new NodeClient(vertx, 10, Duration.ofSeconds(10), authorities);
  }

  @Test
  void a_node_whose_authority_is_taken_away_gets_no_call_and_is_back_when_it_is_believed_again()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path own = Files.copy(authority.authorities(), folder.resolve("own.pem"));
    Path other = new TestAuthority(Files.createDirectory(folder.resolve("o"))).authorities();
    Authorities watched = TestAuthority.watched(authority.authorities(), "node-ca = PEM-FILE");
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"));
        NodeClient client = client(watched);
        FakeNodes nodes = new FakeNodes(folder, 100)) {
      KnownNode node = joined(nodes, node("https", secure(keys)));
      CertificateWatch watch = new CertificateWatch(nodes.registry, client, watched);
      watch.tick();
      await().until(() -> asked.get() == 1);
      assertNull(node.toInfo().unbelieved());
      assertEquals(200, called(client, node));
      TestAuthority.replace(authority.authorities(), other);
      await().until(() -> ticked(watch, node.unbelieved() != null));
      assertTrue(String.valueOf(node.toInfo().unbelieved()).contains("is signed by none of"));
      assertFalse(node.isReady());
      assertTrue(node.servesData());
      assertThrows(LimpetException.class, () -> called(client, node)); // by what was kept neither
      assertEquals(2, asked.get());
      TestAuthority.replace(authority.authorities(), own);
      await().until(() -> ticked(watch, node.unbelieved() == null));
      assertTrue(node.isReady());
      assertEquals(200, called(client, node));
    }
  }

  private static int called(NodeClient client, KnownNode node) {
    NodeLink link = Objects.requireNonNull(node.link());
    NodeClient.Bounds bounds = new NodeClient.Bounds(Duration.ofSeconds(30), 1000);
    return client.send(link.request(HttpMethod.GET, "/", List.of()), null, bounds).await().status();
  }

  private static boolean ticked(CertificateWatch watch, boolean seen) {
    if (!seen) {
      watch.tick();
    }
    return seen;
  }

  @Test
  void who_showed_nothing_for_its_certificate_is_asked_as_soon_as_that_is_believed()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path other = new TestAuthority(Files.createDirectory(folder.resolve("o"))).authorities();
    Authorities watched = TestAuthority.watched(other, "node-ca");
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"));
        NodeClient client = client(watched);
        FakeNodes nodes = new FakeNodes(folder, 100)) {
      nodes.show = false;
      KnownNode node = joined(nodes, node("https", secure(keys)));
      nodes.snapshot("shed", FakeNodes.root(FakeNodes.cid("data"), 10, true));
      CertificateWatch watch = new CertificateWatch(nodes.registry, client, watched);
      await().until(() -> ticked(watch, node.unbelieved() != null));
      Proofs proofs = new Proofs(nodes.index, nodes.time()); // whose time does not pass
      Proofs.Claim claim = proofs.open(FakeNodes.cid("data")).getFirst();
      proofs.found(claim, Proofs.Finding.UNANSWERED);
      assertFalse(proofs.mayAsk(claim));
      TestAuthority.replace(other, authority.authorities());
      await().until(() -> ticked(watch, node.unbelieved() == null));
      assertTrue(proofs.mayAsk(claim));
      proofs.found(claim, Proofs.Finding.UNANSWERED);
      assertFalse(proofs.mayAsk(claim));
    }
  }

  @Test
  void a_look_that_cannot_begin_keeps_no_later_one_from_it() throws Exception {
    Authorities watched = TestAuthority.watched(new TestAuthority(folder).authorities(), "ca");
    Vertx ended = Vertx.vertx();
    try (NodeClient client = new NodeClient(ended, 10, Duration.ofSeconds(10), watched);
        FakeNodes nodes = new FakeNodes(folder, 100)) {
      KnownNode node = joined(nodes, URI.create("https://127.0.0.1:1"));
      ended.close().await();
      CertificateWatch watch = new CertificateWatch(nodes.registry, client, watched);
      assertThrows(RejectedExecutionException.class, watch::tick);
      NodeLink link = Objects.requireNonNull(node.link());
      assertTrue(link.address().needsCheck(watched.generation(), 2));
    }
  }

  @Test
  void one_tick_waits_at_most_and_the_next_one_comes_after_it() throws Exception {
    Authorities watched = TestAuthority.watched(new TestAuthority(folder).authorities(), "ca");
    CountDownLatch disk = new CountDownLatch(1);
    try (BlockingWork work = new BlockingWork(vertx, 1);
        NodeClient client = client(watched);
        FakeNodes nodes = new FakeNodes(folder, 100)) {
      CertificateWatch watch = new CertificateWatch(nodes.registry, client, watched);
      var slow =
          work.run(
              () -> {
                disk.await();
                return true;
              });
      for (int i = 0; i < 5; i++) {
        watch.begin(work);
      }
      assertEquals(2, work.pending());
      disk.countDown();
      assertTrue(slow.await());
      await().until(() -> work.pending() == 0);
      CountDownLatch again = new CountDownLatch(1);
      work.run(
          () -> {
            again.await();
            return true;
          });
      await()
          .until(
              () -> {
                watch.begin(work);
                return work.pending() == 2;
              });
      again.countDown();
    }
  }

  private static HttpServerOptions secure(ServerKeys keys) {
    return new HttpServerOptions().setSsl(true).setKeyCertOptions(KeyCertOptions.wrap(keys));
  }

  @Test
  void a_node_that_is_reached_by_http_is_not_asked_and_one_that_is_believed_once()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Authorities watched = TestAuthority.watched(authority.authorities(), "node-ca");
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"));
        NodeClient client = client(watched);
        FakeNodes nodes = new FakeNodes(folder, 100)) {
      CertificateWatch watch = new CertificateWatch(nodes.registry, client, watched);
      joined(nodes, node("http", new HttpServerOptions()));
      watch.tick();
      joined(nodes, node("https", secure(keys)));
      watch.tick();
      await().until(() -> asked.get() > 0);
      for (int i = 0; i < 5; i++) {
        watch.tick();
      }
      assertEquals(1, asked.get());
    }
  }
}
