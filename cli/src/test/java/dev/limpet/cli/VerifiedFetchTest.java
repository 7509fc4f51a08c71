package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireClient;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code @helia/verified-fetch} of npm gets a file from a node, block by block through the
 * gateway's https, when the gateway is the router that it asks.
 */
@Tag("nightly")
@Timeout(180)
class VerifiedFetchTest {
  private static final String BUILT = "verified-fetch-8.0.4";
  private static final int FILE_BYTES = 5_000_000;

  /** Blocks of 1 MiB, and the one that links them. */
  private static final int BLOCKS = 6;

  private static final Pattern BLOCK =
      Pattern.compile("\"path\":\"/ipfs/([a-z2-7]+)\",\"status\":200");

  @TempDir private Path folder;

  /** The folder that {@code -Dlimpet.verified-fetch} names, or that the nightly build has made. */
  private static Path modules() {
    Path home = InstalledProgram.peer("limpet.verified-fetch", BUILT);
    assumeTrue(
        Files.isExecutable(home.resolve("node_modules/.bin/node")),
        "skipped: no "
            + BUILT
            + " with a Node.js in "
            + home
            + "; name a folder with both in its node_modules: -Dlimpet.verified-fetch=");
    return home.resolve("node_modules");
  }

  @Test
  void verified_fetch_gets_every_block_of_a_file_from_a_node_over_https() throws Exception {
    Path modules = modules();
    TestAuthority authority = new TestAuthority(folder);
    KeyFiles files = authority.issue("server");
    Path log = folder.resolve("access.jsonl");
    byte[] bytes = new byte[FILE_BYTES];
    new Random(43).nextBytes(bytes);
    try (GatewayAndNode machine = GatewayAndNode.withTls(folder, files, "access-log=" + log)) {
      String root = machine.add(Files.write(folder.resolve("file"), bytes));
      awaitProvider(machine, root);
      Path got = folder.resolve("got");
      fetch(
          modules,
          authority.authorities(),
          List.of(machine.gateway().url().toString(), root, got.toString()));
      assertArrayEquals(bytes, Files.readAllBytes(got));
    }
    String said = Files.readString(log);
    Set<String> blocks =
        BLOCK.matcher(said).results().map(found -> found.group(1)).collect(Collectors.toSet());
    assertEquals(BLOCKS, blocks.size(), said);
  }

  /**
   * The client keeps an answer without a provider for a while and waits with it. A busy node may
   * show too late what it has: then the gateway leaves it alone for a moment.
   */
  private static void awaitProvider(GatewayAndNode machine, String root) {
    String question = WireClient.request("GET /routing/v1/providers/" + root, null);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> WireClient.ask(machine.gateway().url(), question).text().contains("\"Schema\""));
  }

  private void fetch(Path modules, Path authorities, List<String> arguments) throws Exception {
    Path script = folder.resolve("verified_fetch.mjs");
    try (InputStream in = VerifiedFetchTest.class.getResourceAsStream("verified_fetch.mjs")) {
      Files.copy(Objects.requireNonNull(in, "the script of this test"), script);
    }
    Files.createSymbolicLink(folder.resolve("node_modules"), modules);
    Path said = folder.resolve("node.log");
    ProcessBuilder builder =
        new ProcessBuilder(modules.resolve(".bin/node").toString(), script.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.command().addAll(arguments);
    builder.environment().put("NODE_EXTRA_CA_CERTS", authorities.toString());
    Process process = builder.start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertTrue(ended && process.waitFor() == 0, Files.readString(said));
  }
}
