package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway and its node still know when both have been stopped and started. */
class RestartedGatewayTest {
  @TempDir private Path dir = Path.of("");

  private static WireAnswer get(GatewayAndNode both, String target) {
    return WireClient.ask(both.gateway().url(), WireClient.request("GET " + target, null));
  }

  @Test
  void an_answer_is_given_again_by_the_node_that_kept_it() throws Exception {
    try (GatewayAndNode both = GatewayAndNode.start(dir)) {
      both.deploy(Files.write(dir.resolve("hello.wasm"), SampleModules.hello()), "hello");
      assertEquals(200, get(both, "/fn/hello").status());
    }
    try (GatewayAndNode both = GatewayAndNode.start(dir)) {
      String why = get(both, "/v1/why?function=hello").text();
      assertTrue(why.contains("\"keeper\":\"node-1\""), why);
      assertEquals("hit", get(both, "/fn/hello").header("Limpet-Memo"));
    }
  }
}
