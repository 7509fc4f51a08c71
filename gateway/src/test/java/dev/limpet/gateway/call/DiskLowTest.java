package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Deployed;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk of a gateway is almost full. */
@Timeout(60)
class DiskLowTest {
  @TempDir private Path folder = Path.of("");

  private static WireAnswer ask(CallsUnderTest gateway, String startLine, String body) {
    return WireClient.ask(
        gateway.url(), WireClient.request(startLine, body, "Content-Type: application/json"));
  }

  private static WireAnswer deploy(CallsUnderTest gateway, String text) {
    String module = new String(SampleModules.writes(text), StandardCharsets.ISO_8859_1);
    return WireClient.ask(
        gateway.url(),
        WireClient.request("POST /v1/functions", module, "Content-Type: application/wasm"));
  }

  @Test
  void nothing_is_deployed_and_everything_else_goes_on() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(200, e.bodyText()));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("here", node);
      Deployed one = gateway.deploy("hello");
      Deployed two = gateway.deploy("hello", SampleModules.writes("two"));
      gateway.freeDisk.set(1 << 20);

      WireAnswer refused = deploy(gateway, "three");
      assertEquals(507, refused.status());
      assertEquals("disk-low", refused.header("Limpet-Error"));
      assertTrue(refused.text().contains("the disk of this gateway"), refused.text());

      assertEquals("body", ask(gateway, "POST /fn/hello", "body").text());
      gateway.join("new", node);
      assertEquals(200, ask(gateway, "POST /v1/names/hello/rollback", "{}").status());
      String set = "{\"function\":\"" + two.function() + "\"}";
      assertEquals(200, ask(gateway, "PUT /v1/names/other", set).status());
      assertEquals(204, ask(gateway, "DELETE /v1/names/hello", "").status());
      assertEquals(204, ask(gateway, "DELETE /v1/functions/" + one.function(), "").status());

      gateway.freeDisk.set(Long.MAX_VALUE);
      assertEquals(201, deploy(gateway, "three").status());
    }
  }

  @Test
  void room_for_the_head_but_not_for_the_module_is_not_enough() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      gateway.freeDisk.set((64 << 20) + 10);
      assertEquals("disk-low", deploy(gateway, "x".repeat(1000)).header("Limpet-Error"));
    }
  }
}
