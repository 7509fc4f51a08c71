package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Kubo (0.43.0) gets a DAG from a node, through the gateway's https, when one line of its
 * configuration names the gateway as the router that it asks.
 */
@Tag("nightly")
@Timeout(180)
class KuboRetrievesTest {
  private static final String VERSION = "0.43.0";
  private static final int FILE_BYTES = 5_000_000;

  @TempDir private Path folder;

  /** The program that {@code -Dlimpet.kubo} names, or that the comparison with peers has built. */
  private static Path kubo() {
    Path program = InstalledProgram.peer("limpet.kubo", "kubo-" + VERSION + "/ipfs");
    assumeTrue(
        Files.isExecutable(program),
        "skipped: no Kubo at " + program + "; name one of version " + VERSION + ": -Dlimpet.kubo=");
    return program;
  }

  private Process start(Path program, Path authorities, String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(program.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("kubo.log").toFile()));
    builder.command().addAll(List.of(arguments));
    Map<String, String> environment = builder.environment();
    environment.put("IPFS_PATH", folder.resolve("repository").toString());
    environment.put("IPFS_TELEMETRY", "off");
    environment.put("SSL_CERT_FILE", authorities.toString());
    return builder.start();
  }

  private void run(Path program, Path authorities, String... arguments) throws Exception {
    Process process = start(program, authorities, arguments);
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertTrue(ended && process.exitValue() == 0, this::said);
  }

  private String said() {
    try {
      return Files.readString(folder.resolve("kubo.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void a_kubo_that_knows_the_gateway_gets_every_block_of_a_file_from_a_node_over_https()
      throws Exception {
    Path kubo = kubo();
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles files = authority.issue("server");
    Path log = folder.resolve("access.jsonl");
    try (GatewayAndNode machine = GatewayAndNode.withTls(folder, files, "access-log=" + log)) {
      byte[] bytes = new byte[FILE_BYTES];
      new Random(42).nextBytes(bytes);
      String root = machine.add(Files.write(folder.resolve("file"), bytes));
      configure(kubo, authority.authorities(), machine);
      Process daemon = start(kubo, authority.authorities(), "daemon");
      try {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> Files.exists(folder.resolve("repository").resolve("api")));
        Path got = folder.resolve("got");
        run(kubo, authority.authorities(), "get", "--timeout=50s", "-o", got.toString(), root);
        assertArrayEquals(bytes, Files.readAllBytes(got));
      } finally {
        daemon.destroy();
        assertTrue(daemon.waitFor(20, TimeUnit.SECONDS), "kubo does not stop");
      }
    }
    List<String> blocks =
        Files.readAllLines(log).stream()
            .filter(line -> line.contains("\"HTTP/2\"") && line.contains("\"path\":\"/ipfs/"))
            .filter(line -> line.contains("\"status\":200"))
            .toList();
    assertTrue(blocks.size() > FILE_BYTES >> 20, String.join("\n", Files.readAllLines(log)));
  }

  /** One line names the router; the others keep this Kubo away from the rest of the world. */
  private void configure(Path kubo, Path authorities, GatewayAndNode machine) throws Exception {
    run(kubo, authorities, "init", "--profile=test", "--empty-repo");
    for (List<String> line :
        List.of(
            List.of("Routing.DelegatedRouters", "[\"" + machine.gateway().url() + "\"]"),
            List.of("AutoConf.Enabled", "false"),
            List.of("Bootstrap", "[]"),
            List.of("DNS.Resolvers", "{}"),
            List.of("Ipns.DelegatedPublishers", "[]"))) {
      run(kubo, authorities, "config", "--json", line.getFirst(), line.getLast());
    }
    run(kubo, authorities, "config", "Routing.Type", "autoclient");
  }
}
