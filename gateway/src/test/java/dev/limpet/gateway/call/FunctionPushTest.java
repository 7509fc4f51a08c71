package dev.limpet.gateway.call;

import static org.awaitility.Awaitility.await;

import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What placement knows of the nodes that a function was sent to ahead of its calls. */
@Timeout(60)
class FunctionPushTest {
  private static final String WARM = "\"coldMs\":0.0";

  @TempDir private Path folder;

  @Test
  void a_node_that_took_a_function_is_warm_for_its_first_call_and_one_that_did_not_is_cold()
      throws Exception {
    CountDownLatch refused = new CountDownLatch(1);
    try (var takes = CallsUnderTest.node(Asking::answerWell);
        var declines =
            WireServer.start(
                e -> {
                  e.body().readAllBytes();
                  e.answer(507, "no room");
                  refused.countDown();
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("declines", declines).holds();
      gateway.join("takes", takes).holds();
      gateway.deploy("hello");

      await().until(() -> candidate(gateway, "takes").contains(WARM));
      refused.await();
      await().until(() -> !candidate(gateway, "declines").contains(WARM));
    }
  }

  /** What the answer to why says of one node. */
  private static String candidate(CallsUnderTest gateway, String node) throws Exception {
    String why = Asking.get(gateway, "/v1/why?function=hello").text();
    String from = why.substring(why.indexOf("\"node\":\"" + node));
    return from.substring(0, from.indexOf("}") + 1);
  }
}
