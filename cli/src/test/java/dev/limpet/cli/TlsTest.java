package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command talks to a gateway over https, when it is told whom to believe. */
@Timeout(60)
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
  void a_file_without_certificates_is_wrong_usage() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    for (Path file : List.of(empty, folder.resolve("missing.pem"))) {
      RecordingTerminal terminal = new RecordingTerminal();
      String url = "--gateway=https://127.0.0.1:1";
      assertEquals(2, terminal.run("name", "list", url, "--ca=" + file));
      assertTrue(terminal.err().contains("cannot be read: "), terminal.err());
    }
  }
}
