package dev.limpet.cli;

import static dev.limpet.cli.Settling.awaitOutput;
import static dev.limpet.cli.Settling.awaitReady;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway and its nodes reach nodes by https, with certificates made here. */
@Timeout(120)
class NodesOverTlsTest {
  private static final String ROWS = "year,celsius\n2024,11\n2025,12\n";

  @TempDir private Path folder;

  private Gateway gateway(Path authorities) {
    return Gateway.start(
        GatewayConfig.load(
            null,
            Map.of(),
            List.of(
                "listen=127.0.0.1:0",
                "node-ca=" + authorities,
                "dir=" + folder.resolve("gateway"))));
  }

  private Node node(String name, Gateway gateway, KeyFiles files, Path authorities)
      throws IOException {
    int port = FreePort.find();
    List<String> settings =
        new ArrayList<>(
            List.of(
                "listen=127.0.0.1:0",
                "name=" + name,
                "compiler=inline",
                "tls-listen=127.0.0.1:" + port,
                "tls-cert=" + files.certificate(),
                "tls-key=" + files.key(),
                "url=https://localhost:" + port,
                "node-ca=" + authorities,
                "dir=" + folder.resolve(name),
                "gateway=" + gateway.url()));
    return Node.start(NodeConfig.load(null, Map.of(), settings));
  }

  private static String done(String... command) {
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(0, terminal.run(command), terminal.err());
    return terminal.out();
  }

  private String add(Node node, Gateway gateway) throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.csv"), ROWS);
    String added =
        done(
            "add", rows.toString(), "--json", "--node=" + node.url(), "--gateway=" + gateway.url());
    return added.replaceAll("(?s).*\"cid\":\"([^\"]+)\".*", "$1");
  }

  private void deploy(Gateway gateway) throws IOException {
    Path module = Files.write(folder.resolve("copies.wasm"), SampleModules.copiesInput(0));
    done("deploy", module.toString(), "--name=copies", "--gateway=" + gateway.url());
  }

  @Test
  void a_call_reaches_its_data_by_https_and_data_travels_from_node_to_node_by_https()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path believed = authority.authorities();
    try (Gateway gateway = gateway(believed);
        Node shed = node("shed", gateway, authority.issue("shed"), believed);
        Node _ = node("barn", gateway, authority.issue("barn"), believed)) {
      awaitReady(gateway.url(), 2);
      String at = "--gateway=" + gateway.url();
      String listed = done("nodes", "list", "--json", at);
      assertEquals(3, listed.split("\"url\":\"https://localhost:", -1).length, listed);
      deploy(gateway);
      String cid = add(shed, gateway);
      assertEquals(ROWS, done("call", "copies", "--on=" + cid, at));
      assertEquals(ROWS, done("cat", cid, at));
      done("nodes", "drain", "shed", at);
      assertEquals(ROWS, done("call", "copies", "--on=" + cid, "--max-fetch=1MiB", at));
    }
  }

  @Test
  @Tag("long")
  void commands_that_name_a_node_reach_it_by_https_with_the_authority_of_the_environment()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path believed = authority.authorities();
    try (Gateway gateway = gateway(believed);
        Node shed = node("shed", gateway, authority.issue("shed"), believed)) {
      awaitReady(gateway.url(), 1);
      String at = "--gateway=" + gateway.url();
      Path rows = Files.writeString(folder.resolve("rows.csv"), ROWS);
      Path tree = Files.createDirectory(folder.resolve("tree"));
      Files.writeString(tree.resolve("rows.csv"), ROWS);
      for (String node : List.of("--node=" + shed.tlsUrl().orElseThrow(), "--node=shed")) {
        String cid = told(believed, "add", rows.toString(), node, at).split(" ", 2)[0];
        assertEquals(ROWS, told(believed, "cat", cid, node, at));
        assertTrue(told(believed, "pin", cid, node, at).contains(cid));
        Path copy = folder.resolve("copy" + node.length());
        told(believed, "get", cid, node, at, "--output=" + copy);
        assertEquals(ROWS, Files.readString(copy));
        String root = told(believed, "add", tree.toString(), node, at);
        String listed = told(believed, "ls", root.split(" ", 2)[0], node, at);
        assertTrue(listed.contains("rows.csv"), listed);
        Path car = folder.resolve("car" + node.length());
        told(believed, "store", "export", cid, "--to=" + car, node, at);
        told(believed, "store", "import", car.toString(), node, at);
        assertTrue(told(believed, "status", node, at).contains("shed"));
        for (String command : List.of("cat", "get", "ls", "pin")) {
          RecordingTerminal stranger = new RecordingTerminal();
          assertEquals(3, stranger.run(command, cid, node, at), stranger.err());
          assertTrue(stranger.err().contains("--ca FILE or LIMPET_CA"), stranger.err());
        }
      }
    }
  }

  @Test
  void a_node_whose_scheme_is_wrong_is_told_with_the_right_url() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path believed = authority.authorities();
    try (Gateway gateway = gateway(believed);
        Node shed = node("shed", gateway, authority.issue("shed"), believed)) {
      for (URI right : List.of(shed.tlsUrl().orElseThrow(), shed.url())) {
        String scheme = right.getScheme().equals("http") ? "https" : "http";
        RecordingTerminal terminal = new RecordingTerminal();
        String wrong = scheme + "://" + right.getAuthority();
        assertEquals(3, terminal.run("status", "--node=" + wrong), terminal.err());
        assertTrue(terminal.err().startsWith("limpet: " + wrong + " speaks "), terminal.err());
        assertTrue(terminal.err().contains("name it as " + right), terminal.err());
      }
    }
  }

  private static String metrics(Gateway gateway) throws IOException {
    try (InputStream text = gateway.url().resolve("/metrics").toURL().openStream()) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String told(Path authorities, String... command) {
    RecordingTerminal terminal = new RecordingTerminal(Map.of("LIMPET_CA", authorities.toString()));
    assertEquals(0, terminal.run(command), terminal.err());
    return terminal.out();
  }

  @Test
  @Tag("long")
  void a_node_that_is_not_believed_gets_no_call_and_the_answer_says_why_until_it_is_mended()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path foreign = new TestAuthority(Files.createDirectory(folder.resolve("other"))).authorities();
    try (Gateway gateway = gateway(foreign);
        Node shed = node("shed", gateway, authority.issue("shed"), authority.authorities())) {
      String at = "--gateway=" + gateway.url();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> done("nodes", "list", "--json", at).contains("\"unbelieved\":\""));
      RecordingTerminal list = new RecordingTerminal();
      assertEquals(0, list.run("nodes", "list", at), list.err());
      assertTrue(list.out().contains("ready, certificate refused"), list.out());
      assertTrue(list.err().contains("shed: the certificate of \"CN=shed\""), list.err());
      assertTrue(metrics(gateway).contains("limpet_gateway_nodes_unbelieved 1.0"));
      deploy(gateway);
      String cid = add(shed, gateway);
      String told = done("why", "copies", "--on=" + cid, at);
      assertTrue(told.contains("is not believed to be itself: the certificate of"), told);
      RecordingTerminal refused = new RecordingTerminal();
      assertEquals(3, refused.run("call", "copies", "--on=" + cid, at), refused.err());
      String why = refused.err();
      assertTrue(why.contains("the certificate of \"CN=shed\" by \"CN=authority\""), why);
      assertTrue(why.contains("name the authority that signed it: node-ca = PEM-FILE"), why);
      Files.copy(authority.authorities(), foreign, StandardCopyOption.REPLACE_EXISTING);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> new RecordingTerminal().run("call", "copies", "--on=" + cid, at) == 0);
      String mended = done("nodes", "list", "--json", at);
      assertFalse(mended.contains("unbelieved"), mended);
    }
  }

  @Test
  void data_does_not_come_from_a_node_that_the_other_one_does_not_believe() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    Path believed = authority.authorities();
    Path foreign = new TestAuthority(Files.createDirectory(folder.resolve("other"))).authorities();
    try (Gateway gateway = gateway(believed);
        Node shed = node("shed", gateway, authority.issue("shed"), believed);
        Node _ = node("barn", gateway, authority.issue("barn"), foreign)) {
      awaitReady(gateway.url(), 2);
      deploy(gateway);
      String cid = add(shed, gateway);
      String at = "--gateway=" + gateway.url();
      done("nodes", "drain", "shed", at);
      RecordingTerminal refused = new RecordingTerminal();
      String[] call = {"call", "copies", "--on=" + cid, "--max-fetch=1MiB", at};
      int code = refused.run(call);
      assertTrue(code == 3 || code == 5, () -> code + ": " + refused.err());
      assertTrue(refused.err().contains("node-ca = PEM-FILE"), refused.err());
      Files.copy(believed, foreign, StandardCopyOption.REPLACE_EXISTING);
      awaitOutput(gateway.url(), ROWS::equals, call);
    }
  }

  @Test
  @Tag("nightly")
  void a_certificate_that_is_renewed_in_its_file_is_believed_without_a_new_start()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles files = authority.issue("shed");
    Path believed = authority.authorities();
    try (Gateway gateway = gateway(believed);
        Node shed = node("shed", gateway, files, believed)) {
      awaitReady(gateway.url(), 1);
      deploy(gateway);
      String cid = add(shed, gateway);
      String at = "--gateway=" + gateway.url();
      assertEquals(ROWS, done("call", "copies", "--on=" + cid, at));
      TestAuthority next = new TestAuthority(Files.createDirectory(folder.resolve("next")));
      KeyFiles renewed = next.issue("shed");
      Files.copy(next.authorities(), believed, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(renewed.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(renewed.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  new RecordingTerminal(Map.of("LIMPET_CA", next.authorities().toString()))
                          .run("status", "--node=" + shed.tlsUrl().orElseThrow())
                      == 0);
      await() // the gateway looks again after about as long as it has not believed
          .atMost(Duration.ofSeconds(30))
          .until(() -> !done("nodes", "list", "--json", at).contains("unbelieved"));
      assertEquals(ROWS, done("call", "copies", "--on=" + cid, at));
    }
  }
}
