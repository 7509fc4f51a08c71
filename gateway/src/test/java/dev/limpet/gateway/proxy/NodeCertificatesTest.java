package dev.limpet.gateway.proxy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.tls.TestAuthority;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which certificates of nodes the gateway believes, and what it says of others. */
@Timeout(60)
class NodeCertificatesTest {
  private static final NodeClient.Bounds BOUNDS =
      new NodeClient.Bounds(Duration.ofSeconds(30), 1000);

  private final Vertx vertx = Vertx.vertx();

  @TempDir private Path folder;

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  /** A node that says "here" and closes each connection; its port. */
  private int node(ServerKeys keys) {
    return listening(
        keys, request -> request.response().putHeader("Connection", "close").end("here"));
  }

  private int listening(ServerKeys keys, Handler<HttpServerRequest> handler) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setSsl(true)
            .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
            .setKeyCertOptions(KeyCertOptions.wrap(keys));
    return vertx.createHttpServer(options).requestHandler(handler).listen(0).await().actualPort();
  }

  private NodeClient client(Path authorities) throws Exception {
    return new NodeClient(
        vertx, 10, Duration.ofSeconds(10), Authorities.read(authorities, "node-ca = PEM-FILE"));
  }

  private static NodeAddress address(String host, int port) throws Exception {
    return NodeAddress.of(
        URI.create("https://" + host + ":" + port), InetAddress.ofLiteral("127.0.0.1"));
  }

  private static String said(NodeClient client, NodeAddress at) {
    return client
        .send(new Outbound(at, HttpMethod.GET, "/", List.of()), null, BOUNDS)
        .await()
        .body()
        .toString();
  }

  private static String refused(NodeClient client, NodeAddress at) {
    LimpetException refused = assertThrows(LimpetException.class, () -> said(client, at));
    assertEquals("a node did not answer: " + present(at.unbelieved()), refused.problem().detail());
    return present(at.unbelieved());
  }

  private static String present(@Nullable String text) {
    assertNotNull(text);
    return text;
  }

  @Test
  void a_certificate_for_the_host_of_the_url_is_believed_by_name_and_by_address() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"));
        NodeClient client = client(authority.authorities())) {
      int port = node(keys);
      assertEquals("here", said(client, address("localhost", port)));
      assertEquals("here", said(client, address("127.0.0.1", port)));
    }
  }

  @Test
  void one_for_another_name_or_address_is_refused_though_its_authority_is_known() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"));
        NodeClient client = client(authority.authorities())) {
      int port = node(keys);
      String named = refused(client, address("shed.example", port));
      assertTrue(named.contains("is for localhost, 127.0.0.1 and not for shed.example"), named);
      String numbered = refused(client, address("127.0.0.2", port));
      assertTrue(numbered.contains("and not for 127.0.0.2"), numbered);
    }
  }

  @Test
  void one_that_has_ended_is_refused_and_its_end_is_told() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Instant end = Instant.now().minus(Duration.ofHours(1));
    KeyFiles files = authority.issue("shed", end);
    try (ServerKeys keys = TestAuthority.openAt(files, end.minus(Duration.ofMinutes(1)));
        NodeClient client = client(authority.authorities())) {
      String why = refused(client, address("localhost", node(keys)));
      assertTrue(why.startsWith("the certificate of \"CN=shed\" by \"CN=authority\" ended"), why);
      assertTrue(why.endsWith("the server needs one that is valid now"), why);
    }
  }

  @Test
  void one_of_a_foreign_authority_is_refused_until_the_file_of_authorities_has_it()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path other = new TestAuthority(Files.createDirectory(folder.resolve("o"))).authorities();
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"));
        NodeClient client = client(other)) {
      NodeAddress at = address("localhost", node(keys));
      String why = refused(client, at);
      assertTrue(why.endsWith("name the authority that signed it: node-ca = PEM-FILE"), why);
      TestAuthority.replace(other, authority.authorities());
      assertEquals("here", said(client, at));
      assertNull(at.unbelieved());
      Files.writeString(other, "no certificate");
      assertEquals("here", said(client, at));
    }
  }

  @Test
  void a_new_certificate_in_the_files_of_the_node_is_believed_when_it_is_used() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles files = authority.issue("shed");
    try (ServerKeys keys = TestAuthority.open(files);
        NodeClient client = client(authority.authorities())) {
      NodeAddress at = address("localhost", node(keys));
      assertEquals("here", said(client, at));
      KeyFiles next = authority.issue("shed", keys.end().plus(Duration.ofHours(1)));
      assertEquals(files, next);
      assertTrue(TestAuthority.look(keys));
      assertEquals("here", said(client, at));
    }
  }

  /** The rounds of some in which it is looked at. */
  private static List<Long> looks(NodeAddress at, int generation, long begin, long end) {
    List<Long> looks = new ArrayList<>();
    for (long round = begin; round < end; round++) {
      if (at.beginsCheck(generation, round)) {
        looks.add(round);
        at.checked(generation, round);
      }
    }
    return looks;
  }

  @Test
  void one_that_is_refused_is_looked_at_more_and_more_seldom_until_the_authorities_change()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path other = new TestAuthority(Files.createDirectory(folder.resolve("o"))).authorities();
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"));
        NodeClient client = client(other)) {
      NodeAddress at = address("localhost", node(keys));
      assertEquals(List.of(0L), looks(at, 0, 0, 9));
      String why = refused(client, at);
      assertTrue(why.contains("is signed by none of"), why);
      assertEquals(List.of(10L, 11L, 13L, 17L, 25L, 41L, 73L, 133L), looks(at, 1, 10, 193));
      assertEquals(List.of(193L, 194L, 196L), looks(at, 2, 193, 200));
    }
  }

  /** A node that keeps connections, and says which one it is asked on. */
  private int keepingNode(ServerKeys keys) {
    return listening(
        keys, request -> request.response().end(request.connection().remoteAddress().toString()));
  }

  @Test
  void a_kept_connection_is_used_no_more_when_its_authority_is_believed_no_more() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path file = authority.authorities();
    Path other = new TestAuthority(Files.createDirectory(folder.resolve("o"))).authorities();
    Authorities watched = TestAuthority.watched(file, "node-ca = PEM-FILE");
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed"));
        NodeClient client = new NodeClient(vertx, 10, Duration.ofSeconds(10), watched)) {
      NodeAddress at = address("localhost", keepingNode(keys));
      String first = said(client, at);
      int before = watched.generation();
      assertEquals(first, said(client, at));
      await().until(() -> at.kept().count() == 1);
      TestAuthority.replace(file, other);
      assertNotEquals(before, watched.generation());
      client.checkAgain();
      String why = refused(client, at);
      assertTrue(why.contains("is signed by none of the authorities of "), why);
    }
  }

  @Test
  @Tag("long")
  void a_certificate_that_ends_while_a_connection_is_kept_is_refused_at_the_next_one()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Authorities watched = TestAuthority.watched(authority.authorities(), "node-ca");
    Instant end = Instant.now().plusSeconds(6);
    try (ServerKeys keys = TestAuthority.open(authority.issue("shed", end));
        NodeClient client = new NodeClient(vertx, 10, Duration.ofSeconds(10), watched)) {
      NodeAddress at = address("localhost", keepingNode(keys));
      String first = said(client, at);
      int before = watched.generation();
      await().pollInterval(Duration.ofMillis(50)).until(() -> watched.generation() != before);
      assertTrue(Instant.now().isAfter(end.truncatedTo(ChronoUnit.SECONDS)));
      assertEquals(first, said(client, at)); // nobody has looked yet
      client.checkAgain();
      String why = refused(client, at);
      assertTrue(why.contains(" ended at "), why);
    }
  }
}
