package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which nodes the gateway asks for receipts, and what it believes of their lists. */
@Timeout(60)
class AskedReceiptsTest {
  private static final int MORE_THAN_ARE_ASKED = 65;

  @TempDir private Path folder;
  private final NodeIdentity identity = NodeIdentity.generate();
  private final byte[] receipt = ReceiptSamples.receipt(identity.peerId()).encode();
  private final Cid cid = Receipt.cidOf(receipt);
  private final String file = ReceiptSamples.file(identity, null, receipt).proof().toString();
  private final AtomicInteger others = new AtomicInteger();

  private static WireAnswer get(CallsUnderTest gateway, String target) {
    return WireClient.ask(gateway.url(), WireClient.request("GET " + target, null));
  }

  @Test
  void the_node_that_is_named_is_asked_first_and_alone_when_it_has_the_receipt() {
    try (WireServer holder = CallsUnderTest.node(exchange -> exchange.answer(200, file));
        WireServer other =
            CallsUnderTest.node(
                exchange -> {
                  others.incrementAndGet();
                  exchange.answer(404, "");
                });
        CallsUnderTest gateway = CallsUnderTest.open(folder)) {
      for (int i = 0; i < MORE_THAN_ARE_ASKED; i++) {
        gateway.join("a" + i, other);
      }
      gateway.join("z", holder);
      WireAnswer named = get(gateway, "/v1/receipts/" + cid + "?node=z");
      assertEquals(200, named.status(), named.text());
      assertEquals(file, named.text());
      assertEquals(0, others.get());
      WireAnswer none = get(gateway, "/v1/receipts/" + Cid.parse("bafkqaaa") + "?node=a1");
      assertEquals(404, none.status(), none.text());
      assertTrue(others.get() > 1, () -> "others were asked " + others.get() + " times");
    }
  }

  @Test
  void a_node_that_has_no_such_receipt_does_not_hide_that_of_another() {
    try (WireServer holder = CallsUnderTest.node(exchange -> exchange.answer(200, file));
        WireServer other = CallsUnderTest.node(exchange -> exchange.answer(200, "something"));
        CallsUnderTest gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", other);
      gateway.join("z", holder);
      for (String node : new String[] {"a", "nobody"}) {
        assertEquals(file, get(gateway, "/v1/receipts/" + cid + "?node=" + node).text());
      }
    }
  }

  @Test
  void a_receipt_is_not_unknown_while_a_node_that_may_have_it_does_not_say() {
    try (WireServer other = CallsUnderTest.node(exchange -> exchange.answer(404, ""));
        WireServer broken = CallsUnderTest.node(exchange -> exchange.answer(500, ""));
        CallsUnderTest gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", other);
      gateway.join("away", broken).saysGoodbye();
      assertEquals(404, get(gateway, "/v1/receipts/" + cid).status());
      assertOffline("away", get(gateway, "/v1/receipts/" + cid + "?node=away"));
      gateway.join("broken", broken);
      assertOffline("broken", get(gateway, "/v1/receipts/" + cid));
      assertOffline("broken", get(gateway, "/v1/receipts/" + cid + "?node=broken"));
    }
  }

  private static void assertOffline(String node, WireAnswer answer) {
    Problem problem = Asking.problem(answer);
    assertEquals(ErrorCode.HOLDERS_OFFLINE, problem.code());
    assertEquals(
        List.of(node), problem.context().holders().stream().map(Problem.AwayHolder::node).toList());
    assertTrue(problem.retryAfterSeconds().orElseThrow() > 0);
  }

  @Test
  void a_list_that_does_not_go_on_is_one_that_a_node_did_not_give() {
    try (WireServer stuck =
            CallsUnderTest.node(
                exchange ->
                    exchange.answer(
                        200, "{\"items\":[],\"gaps\":[],\"next\":\"0\",\"missing\":[]}"));
        CallsUnderTest gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", stuck);
      String page = get(gateway, "/v1/receipts").text();
      assertTrue(page.contains("\"missing\":[\"a\"]"), page);
      assertTrue(!page.contains("\"next\":\""), page);
    }
  }
}
