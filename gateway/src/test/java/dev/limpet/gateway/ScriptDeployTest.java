package dev.limpet.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.testkit.wire.WireAnswer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A script is kept with its function, beside the runtime, and goes with it. */
class ScriptDeployTest {
  private static final String TEXT = "export default () => 'kept';";
  private static final Cid SCRIPT = Cid.of(Multicodec.RAW, TEXT.getBytes(StandardCharsets.UTF_8));

  @TempDir private Path dir = Path.of("");

  private static Deployed deploy(GatewayUnderTest gateway, String text) {
    WireAnswer answer =
        gateway.ask(
            "POST /v1/functions",
            text.getBytes(StandardCharsets.UTF_8),
            "Content-Type: text/javascript");
    return GatewayUnderTest.read(Deployed.class, answer, 201);
  }

  private static Set<Cid> blocks(GatewayUnderTest gateway, Cid function) throws IOException {
    WireAnswer car = gateway.get("/v1/functions/" + function, "Accept: application/vnd.ipld.car");
    assertEquals(200, car.status(), car.text());
    Set<Cid> found = new HashSet<>();
    try (CarReader reader =
        new CarReader(new ByteArrayInputStream(car.bytes()), new CarLimits(1 << 24, 100))) {
      for (Block block = reader.next(); block != null; block = reader.next()) {
        found.add(block.cid());
      }
    }
    return found;
  }

  @Test
  void it_is_kept_over_a_restart_and_sent_to_nodes_with_runtime_and_manifest() throws IOException {
    Deployed deployed;
    try (GatewayUnderTest gateway = GatewayUnderTest.start(dir)) {
      deployed = deploy(gateway, TEXT);
      assertEquals(FunctionManifest.ofScript(deployed.module(), SCRIPT).cid(), deployed.function());
    }
    try (GatewayUnderTest gateway = GatewayUnderTest.start(dir)) {
      Set<Cid> sent = blocks(gateway, deployed.function());
      assertTrue(sent.contains(deployed.function()), sent.toString());
      assertTrue(sent.contains(deployed.module()), sent.toString());
      assertTrue(sent.contains(SCRIPT), sent.toString());
    }
  }

  @Test
  void a_runtime_stays_as_long_as_one_script_needs_it() throws IOException {
    try (GatewayUnderTest gateway = GatewayUnderTest.start(dir)) {
      Deployed one = deploy(gateway, TEXT);
      Deployed other = deploy(gateway, "export default () => 2;");
      assertEquals(
          204, gateway.ask("DELETE /v1/functions/" + one.function(), new byte[0]).status());
      assertTrue(blocks(gateway, other.function()).contains(other.module()));
      Deployed again = deploy(gateway, TEXT);
      assertEquals(one, again);
    }
  }
}
