package dev.limpet.gateway.proxy;

import static dev.limpet.testkit.patience.Patience.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a node's connection when nobody wants the answer that comes by it any more. */
@Timeout(60)
class AbandonedTransferTest {
  private final CountDownLatch isOther = new CountDownLatch(1);
  private final CountDownLatch isOver = new CountDownLatch(1);

  /** The first answer is whole on the wire; the second request holds until {@link #isOver}. */
  private void answer(WireExchange exchange) throws IOException {
    exchange.begin(200);
    exchange.chunk("first part");
    if (exchange.head().target().equals("/other")) {
      isOther.countDown();
      await(isOver);
    }
    exchange.chunk("last part");
    exchange.end();
  }

  private static WireClient ask(ProxyUnderTest proxy, String target) throws IOException {
    return WireClient.connect(proxy.url()).send(WireClient.request("GET " + target, null));
  }

  /** Its caller reads no more than the first part, and the connection has its next request. */
  @Test
  void who_goes_before_the_end_of_an_answer_that_the_gateway_has_cuts_no_other_call()
      throws Exception {
    try (var node = WireServer.start(this::answer);
        var proxy = ProxyUnderTest.withOneConnection(node).to(FullOutlet::new);
        var leaves = ask(proxy, "/leaves")) {
      assertEquals(200, leaves.head().status());
      proxy.to(outlet -> outlet);
      try (var other = ask(proxy, "/other")) {
        await(isOther);
        leaves.reset();
        assertEquals(Route.Ending.CALLER_GONE, proxy.ended().ending());
        isOver.countDown();
        assertEquals("first partlast part", other.answer().text());
      }
      assertEquals(1, node.connections());
    }
  }

  @Test
  void an_answer_that_nobody_waits_for_and_that_goes_on_is_stopped_although_it_is_not_read()
      throws Exception {
    CountDownLatch isStopped = new CountDownLatch(1);
    try (var node =
            WireServer.start(
                exchange -> {
                  exchange.begin(200);
                  assertThrows(IOException.class, () -> writeForEver(exchange));
                  isStopped.countDown();
                });
        var proxy = ProxyUnderTest.withOneConnection(node).to(FullOutlet::new);
        var leaves = ask(proxy, "/leaves")) {
      assertEquals(200, leaves.head().status());
      leaves.reset();
      await(isStopped);
      assertEquals(Route.Ending.CALLER_GONE, proxy.ended().ending());
    }
  }

  private static void writeForEver(WireExchange exchange) throws IOException {
    while (true) {
      exchange.chunk("more and more");
    }
  }
}
