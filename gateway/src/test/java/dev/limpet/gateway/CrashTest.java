package dev.limpet.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.NameInfo;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged survives a kill at any moment. */
class CrashTest {
  private static final int DEPLOYERS = 3;
  private static final int ENOUGH = 12;

  @Test
  void every_deploy_that_was_acknowledged_survives_kill_9(@TempDir Path dir) throws Exception {
    Map<String, Deployed> acknowledged = new ConcurrentHashMap<>();
    GatewayProcess process = GatewayProcess.start(dir);
    try (ExecutorService deployers = Executors.newFixedThreadPool(DEPLOYERS)) {
      for (int i = 0; i < DEPLOYERS; i++) {
        int deployer = i;
        deployers.execute(() -> deployUntilKilled(process.url(), deployer, acknowledged));
      }
      Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> acknowledged.size() >= ENOUGH);
      process.kill();
    }
    assertTrue(acknowledged.size() >= ENOUGH);
    try (GatewayUnderTest again = GatewayUnderTest.start(dir)) {
      acknowledged.forEach((name, deployed) -> assertKept(again, name, deployed));
    }
  }

  /** A connection for each deploy; the kill breaks one, and ends this. */
  private static void deployUntilKilled(URI url, int deployer, Map<String, Deployed> acknowledged) {
    try {
      for (int i = 0; ; i++) {
        String name = "f" + deployer + "-" + i;
        String wasm =
            new String(SampleModules.writes(name + " of " + deployer), StandardCharsets.ISO_8859_1);
        WireAnswer answer =
            WireClient.ask(
                url,
                WireClient.request(
                    "POST /v1/functions?name=" + name, wasm, "Content-Type: application/wasm"));
        if (answer.status() == 201 && !answer.cut()) {
          acknowledged.put(name, Json.read(Deployed.class, answer.bytes(), 1 << 16));
        }
      }
    } catch (UncheckedIOException e) {
      assertTrue(e.getMessage() != null, "killed");
    }
  }

  private static void assertKept(GatewayUnderTest gateway, String name, Deployed deployed) {
    NameInfo info = GatewayUnderTest.read(NameInfo.class, gateway.get("/v1/names/" + name), 200);
    assertEquals(deployed.function(), info.function());
    WireAnswer car =
        gateway.get("/v1/functions/" + deployed.function(), "Accept: application/vnd.ipld.car");
    assertEquals(200, car.status(), car.text());
    WireAnswer back =
        gateway.ask("POST /v1/functions", car.bytes(), "Content-Type: application/vnd.ipld.car");
    assertEquals(deployed.function(), GatewayUnderTest.read(Deployed.class, back, 201).function());
  }
}
