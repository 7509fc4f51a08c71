package dev.limpet.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.FakeNodes;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptOutcome;
import dev.limpet.protocol.receipt.ReceiptSamples;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which answers of two nodes contradict each other. */
class SaidTest {
  private final NodeIdentity identity = NodeIdentity.generate();

  private Said said(KnownNode node, @Nullable ErrorCode failure, @Nullable String engine) {
    byte[] receipt = receipt(failure, String.valueOf(engine));
    Cid cid = Receipt.cidOf(receipt);
    Said said =
        failure == null
            ? Said.of(node, 200, Buffer.buffer("hello"), cid.toString())
            : Said.failed(node, failure.status(), failure, cid.toString());
    return engine == null
        ? said
        : said.with(
            ReceiptSamples.file(identity, NodeIdentity.generate(), receipt)
                .proof()
                .toString()
                .getBytes(StandardCharsets.UTF_8));
  }

  private byte[] receipt(@Nullable ErrorCode failure, String engine) {
    Receipt sample = ReceiptSamples.receipt(identity.peerId());
    Receipt.Ran ran = sample.ran();
    Receipt.Ending ending =
        failure == null
            ? sample.ending()
            : new Receipt.Ending(ReceiptOutcome.TRAPPED, null, failure.code(), null);
    return new Receipt(
            sample.work(),
            ending,
            sample.used(),
            new Receipt.Ran(
                ran.node(),
                ran.execution(),
                engine,
                ran.grants(),
                ran.startedMs(),
                ran.tookMicros()))
        .encode();
  }

  /** Engines count fuel and use stack in their own ways. */
  @Test
  void a_failure_contradicts_only_what_the_same_engine_says_by_its_receipt(@TempDir Path dir)
      throws Exception {
    try (FakeNodes nodes = new FakeNodes(dir, 1000)) {
      KnownNode node = nodes.join("node", new Capacity(1 << 30, 1, FakeNodes.MEMORY));
      Said failed = said(node, ErrorCode.GUEST_TRAPPED, "one");
      for (ErrorCode other : new ErrorCode[] {null, ErrorCode.OUT_OF_FUEL}) {
        for (String engine : new String[] {"one", "two", null}) {
          Said against = said(node, other, engine);
          assertEquals("one".equals(engine), failed.isComparable(against), other + " " + engine);
          assertEquals("one".equals(engine), against.isComparable(failed), other + " " + engine);
          assertFalse(failed.agrees(against));
        }
      }
    }
  }
}
