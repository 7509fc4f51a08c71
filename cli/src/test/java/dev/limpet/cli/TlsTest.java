package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The command and nodes talk to a gateway over https, when they are told whom to believe. */
@Timeout(60)
@Isolated("it reads what the nodes of this JVM log")
class TlsTest {
  @TempDir private Path folder;

  private Gateway gateway(TestAuthority authority) {
    KeyFiles files = authority.issue("server");
    return Gateway.start(
        GatewayConfig.load(
            null,
            Map.of(),
            List.of(
                "listen=127.0.0.1:0",
                "tls-listen=127.0.0.1:0",
                "tls-cert=" + files.certificate(),
                "tls-key=" + files.key(),
                "dir=" + folder.resolve("gateway"))));
  }

  @Test
  void management_and_calls_work_over_https_with_the_authority_of_the_gateway() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    try (Gateway gateway = gateway(authority)) {
      String url = "--gateway=" + gateway.tlsUrl().orElseThrow();
      String ca = "--ca=" + authority.authorities();
      RecordingTerminal listing = new RecordingTerminal();
      assertEquals(0, listing.run("name", "list", "--json", url, ca), listing.err());
      assertTrue(listing.out().contains("\"name\":\"sql\""), listing.out());
      RecordingTerminal calling = new RecordingTerminal();
      assertEquals(5, calling.run("call", "nobody", url, ca), calling.err());
      assertTrue(calling.err().contains("[name-not-found]"), calling.err());
      RecordingTerminal told =
          new RecordingTerminal(Map.of("LIMPET_CA", authority.authorities().toString()));
      assertEquals(5, told.run("call", "nobody", url), told.err());
    }
  }

  @Test
  void a_gateway_that_is_not_believed_is_not_reached_and_the_line_says_what_to_name()
      throws Exception {
    try (Gateway gateway = gateway(new TestAuthority(folder))) {
      Path other = new TestAuthority(Files.createDirectory(folder.resolve("other"))).authorities();
      String url = "--gateway=" + gateway.tlsUrl().orElseThrow();
      for (List<String> command :
          List.of(
              List.of("name", "list", url),
              List.of("call", "nobody", url),
              List.of("name", "list", url, "--ca=" + other),
              List.of("call", "nobody", url, "--ca=" + other))) {
        RecordingTerminal terminal = new RecordingTerminal();
        assertEquals(3, terminal.run(command.toArray(String[]::new)), terminal.err());
        assertTrue(terminal.err().contains("--ca FILE or LIMPET_CA"), terminal.err());
      }
    }
  }

  @Test
  void http_where_https_is_spoken_and_the_reverse_are_told_with_the_right_url() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    try (Gateway gateway = gateway(authority)) {
      String secure = gateway.tlsUrl().orElseThrow().toString();
      String plain = gateway.url().toString();
      for (List<String> command : List.of(List.of("name", "list"), List.of("call", "nobody"))) {
        String wrong = secure.replace("https:", "http:");
        assertEquals(
            wrong + " speaks https, and no plain http: name it as " + secure,
            refusal(command, wrong));
        String reverse = plain.replace("http:", "https:");
        assertEquals(
            reverse
                + " speaks plain http, and no https: name it as "
                + plain
                + ", or where its tls-listen is",
            refusal(command, reverse));
      }
    }
  }

  /** The one line of an error, without its frame. */
  private static String refusal(List<String> command, String url) {
    List<String> words = new ArrayList<>(command);
    words.add("--gateway=" + url);
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(3, terminal.run(words.toArray(String[]::new)), terminal.err());
    assertEquals(1, terminal.err().lines().count(), terminal.err());
    return terminal.err().strip().replaceAll("^limpet: | \\[unreachable]$", "");
  }

  @Test
  void a_certificate_for_another_host_or_one_that_has_ended_is_told_with_what_to_do()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Instant end = Instant.now().minus(Duration.ofMinutes(1));
    KeyFiles ended = authority.issue("ended", end);
    try (ServerKeys old = TestAuthority.openAt(ended, end.minus(Duration.ofMinutes(1)));
        TlsListener expired = new TlsListener("127.0.0.1", old);
        ServerKeys keys = TestAuthority.open(authority.issue("server"));
        TlsListener valid = new TlsListener("127.0.0.2", keys)) {
      String ca = "--ca=" + authority.authorities();
      for (List<String> command : List.of(List.of("name", "list", ca), List.of("call", "n", ca))) {
        String past = refusal(command, "https://localhost:" + expired.port());
        assertTrue(past.contains("\"CN=ended\" by \"CN=authority\" ended at "), past);
        assertTrue(past.endsWith("the server needs one that is valid now"), past);
        String other = refusal(command, "https://127.0.0.2:" + valid.port());
        assertTrue(other.contains(" is for localhost, 127.0.0.1 and not for 127.0.0.2; "), other);
      }
    }
  }

  @Test
  void a_file_without_certificates_is_wrong_usage() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    for (Path file : List.of(empty, folder.resolve("missing.pem"))) {
      RecordingTerminal terminal = new RecordingTerminal();
      String url = "--gateway=https://127.0.0.1:1";
      assertEquals(2, terminal.run("name", "list", url, "--ca=" + file));
      assertTrue(terminal.err().contains("cannot be read: "), terminal.err());
    }
  }

  private Node node(Gateway gateway, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(
        List.of(
            "listen=127.0.0.1:0",
            "name=shed",
            "compiler=inline",
            "dir=" + folder.resolve("node"),
            "gateway=" + gateway.tlsUrl().orElseThrow()));
    return Node.start(NodeConfig.load(null, Map.of(), settings));
  }

  private static boolean isJoined(Node node) {
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(0, terminal.run("status", "--json", "--node=" + node.url()), terminal.err());
    return terminal.out().contains("\"joined\":true");
  }

  @Test
  void a_node_joins_and_fetches_functions_over_https_with_the_authority_of_the_gateway()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path module = Files.write(folder.resolve("says.wasm"), SampleModules.writes("hello"));
    try (Gateway gateway = gateway(authority)) {
      String at = "--gateway=" + gateway.url();
      RecordingTerminal deploying = new RecordingTerminal();
      assertEquals(
          0, deploying.run("deploy", module.toString(), "--name=says", at), deploying.err());
      try (Node node = node(gateway, "gateway-ca=" + authority.authorities())) {
        await().atMost(Duration.ofSeconds(30)).until(() -> isJoined(node));
        RecordingTerminal calling = new RecordingTerminal();
        assertEquals(0, calling.run("call", "says", at), calling.err());
        assertEquals("hello", calling.out().strip());
      }
    }
  }

  @Test
  void a_node_that_does_not_believe_its_gateway_stays_outside_and_says_what_to_add()
      throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    Handler listener = listener(lines);
    Logger log = Logger.getLogger("dev.limpet.node.link");
    log.addHandler(listener);
    try (Gateway gateway = gateway(new TestAuthority(folder));
        Node node = node(gateway)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> lines.stream().anyMatch(line -> line.contains("gateway-ca = PEM-FILE")));
      assertFalse(isJoined(node));
      String refuses = "refuses   " + gateway.tlsUrl().orElseThrow();
      String out = await().until(() -> statusOf(node), said -> said.contains(refuses));
      assertTrue(out.contains("gateway-ca = PEM-FILE"), out);
    } finally {
      log.removeHandler(listener);
    }
  }

  private static String statusOf(Node node) {
    RecordingTerminal status = new RecordingTerminal();
    assertEquals(0, status.run("status", "--node=" + node.url()), status.err());
    return status.out();
  }

  private static Handler listener(List<String> lines) {
    return new Handler() {
      @Override
      public void publish(LogRecord said) {
        lines.add(new SimpleFormatter().formatMessage(said));
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void an_authority_that_is_of_no_use_is_refused_at_the_start_of_a_node() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    for (String gateway : List.of("gateway=https://127.0.0.1:1", "gateway=http://127.0.0.1:1")) {
      List<String> settings = List.of(gateway, "gateway-ca=" + empty);
      LimpetException refused =
          assertThrows(LimpetException.class, () -> NodeConfig.load(null, Map.of(), settings));
      assertEquals(ErrorCode.BAD_CONFIG, refused.code());
      assertTrue(
          String.valueOf(refused.getMessage()).contains("gateway-ca = " + empty),
          refused.getMessage());
    }
  }
}
