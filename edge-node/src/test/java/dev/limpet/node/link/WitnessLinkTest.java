package dev.limpet.node.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.node.receipt.ReceiptLog;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How often a gateway is shown the log of receipts. */
@Timeout(60)
class WitnessLinkTest {
  private static final Duration USUAL = Duration.ofSeconds(1);

  private final NodeIdentity node = NodeIdentity.generate();
  private final NodeIdentity operator = NodeIdentity.generate();
  private volatile boolean works;

  @TempDir private Path dir;

  private WireServer gateway() {
    String enrolment = ReceiptSamples.enrolment(operator, node.peerId()).toString();
    return WireServer.start(
        exchange -> {
          if (works) {
            exchange.answer(200, enrolment);
          } else {
            exchange.answer(503, "");
          }
        });
  }

  private WitnessLink link(WireServer gateway, ReceiptLog log, @Nullable String token) {
    GatewayClient client =
        new GatewayClient(gateway.url(), Authorities.ofMachine("none"), Duration.ofSeconds(10));
    return new WitnessLink(client, log, () -> token, new Backoff(() -> 1.0));
  }

  private ReceiptLog log() {
    return ReceiptLog.open(
        new ReceiptLog.Parts(
            dir, node, 1 << 20, Duration.ofDays(1), _ -> true, InstantSource.system()));
  }

  @Test
  void a_gateway_that_fails_is_asked_ever_more_rarely_up_to_a_limit_and_as_before_when_it_works()
      throws Exception {
    try (WireServer gateway = gateway();
        ReceiptLog log = log();
        WitnessLink link = link(gateway, log, "token")) {
      Duration before = USUAL;
      Duration longest = USUAL.plus(Backoff.LONGEST);
      for (int tries = 0; before.compareTo(longest) < 0; tries++) {
        Duration pause = link.turn();
        assertTrue(pause.compareTo(before) > 0, () -> pause + " is no longer than before");
        assertTrue(pause.compareTo(longest) <= 0, pause::toString);
        assertTrue(tries < 20, "it grows too slowly");
        before = pause;
      }
      assertEquals(longest, link.turn());
      works = true;
      assertEquals(USUAL, link.turn());
      works = false;
    }
  }

  @Test
  void a_node_that_has_not_joined_asks_nobody() throws Exception {
    try (WireServer gateway = gateway();
        ReceiptLog log = log();
        WitnessLink link = link(gateway, log, null)) {
      assertEquals(USUAL, link.turn());
    }
  }
}
