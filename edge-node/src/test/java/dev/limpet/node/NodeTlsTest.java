package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.protocol.tls.TlsRoom;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that speaks https beside http. */
class NodeTlsTest {
  @TempDir Path folder = Path.of("");

  private String[] settings(KeyFiles files, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.add("tls-cert=" + files.certificate());
    all.add("tls-key=" + files.key());
    return all.toArray(String[]::new);
  }

  private Path nodeFolder() {
    return folder.resolve("node");
  }

  @Test
  void data_that_came_over_http_is_read_over_https_and_the_end_of_the_certificate_is_told()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles files = authority.issue("server");
    SampleDag dag = SampleDag.file(1, 3_000_000);
    try (NodeUnderTest node =
            NodeUnderTest.start(nodeFolder(), settings(files, "tls-listen=127.0.0.1:0"));
        HttpClient client =
            HttpClient.newBuilder()
                .sslContext(
                    Authorities.read(authority.authorities(), "node-ca = PEM-FILE").context())
                .build()) {
      assertEquals(201, node.add(dag.car()).status());
      URI url = node.node().tlsUrl().orElseThrow();
      assertEquals("https", url.getScheme());
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(url.resolve("/ipfs/" + dag.root())).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      assertArrayEquals(
          SampleDag.bytes(1, 3_000_000), answer.body(), () -> "status " + answer.statusCode());
      long end = node.metric("limpet_node_certificate_end_timestamp_seconds");
      assertTrue(end > System.currentTimeMillis() / 1000, () -> "ends at " + end);
    }
  }

  @Test
  void where_https_is_spoken_is_looked_up_once_for_all_who_ask() throws Exception {
    List<String> all =
        List.of(settings(new TestAuthority(folder).issue("server"), "dir=" + nodeFolder()));
    NodeConfig config = NodeConfig.load(null, Map.of(), all);
    assertSame(config.tls().orElseThrow(), config.tls().orElseThrow());
  }

  /** As many as calls of a gateway take, all of them open and none of them asking. */
  @Test
  @Tag("nightly")
  void whoever_comes_beside_all_calls_of_a_gateway_finds_a_connection() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    SSLContext trusting = Authorities.read(authority.authorities(), "node-ca = PEM-FILE").context();
    List<Socket> calls = new ArrayList<>();
    try (NodeUnderTest node =
            NodeUnderTest.start(
                nodeFolder(), settings(authority.issue("server"), "tls-listen=127.0.0.1:0"));
        HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
      URI url = node.node().tlsUrl().orElseThrow();
      for (int i = 0; i < TlsRoom.MAX_TLS_CALLS; i++) {
        SSLSocket call =
            (SSLSocket) trusting.getSocketFactory().createSocket(url.getHost(), url.getPort());
        calls.add(call);
        call.startHandshake();
      }
      HttpRequest health =
          HttpRequest.newBuilder(url.resolve("/health/ready"))
              .timeout(Duration.ofSeconds(20))
              .build();
      assertEquals(200, client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode());
    } finally {
      for (Socket call : calls) {
        call.close();
      }
    }
  }

  private String refused(String... settings) {
    List<String> all = new ArrayList<>(List.of("listen=127.0.0.1:0", "compiler=inline"));
    all.add("dir=" + nodeFolder());
    all.addAll(List.of(settings));
    LimpetException refused =
        assertThrows(
            LimpetException.class, () -> Node.start(NodeConfig.load(null, Map.of(), all)).close());
    assertEquals(ErrorCode.BAD_CONFIG, refused.code());
    return String.valueOf(refused.getMessage());
  }

  @Test
  void what_is_wrong_is_told_with_the_line_that_mends_it_and_the_next_start_works()
      throws Exception {
    KeyFiles files = new TestAuthority(folder).issue("server");
    KeyFiles others = new TestAuthority(Files.createDirectory(folder.resolve("o"))).issue("other");
    String half = refused("tls-cert=" + files.certificate());
    assertTrue(half.contains("add the line: tls-key = PATH"), half);
    String open = refused(settings(files, "tls-listen=0.0.0.0:0"));
    assertTrue(open.contains("tls-listen = 0.0.0.0:0 can be reached"), open);
    String missing = refused("tls-cert=" + folder.resolve("no.pem"), "tls-key=" + files.key());
    assertTrue(missing.contains("no.pem cannot be read"), missing);
    String stranger = refused("tls-cert=" + files.certificate(), "tls-key=" + others.key());
    assertTrue(stranger.contains("is not the key of the first certificate"), stranger);
    String taken;
    try (NodeUnderTest node = NodeUnderTest.start(folder.resolve("first"))) {
      taken = refused(settings(files, "tls-listen=127.0.0.1:" + node.url().getPort()));
    }
    assertTrue(taken.contains("tls-listen = HOST:PORT"), taken);
    NodeUnderTest.start(nodeFolder(), settings(files, "tls-listen=127.0.0.1:0")).close();
  }
}
