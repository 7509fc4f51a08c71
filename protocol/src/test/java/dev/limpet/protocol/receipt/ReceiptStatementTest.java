package dev.limpet.protocol.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeIdentity;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReceiptStatementTest {
  private final NodeIdentity node = NodeIdentity.generate();
  private final NodeIdentity operator = NodeIdentity.generate();

  private static Map<?, ?> json(byte[] bytes) {
    Object value =
        Jsonb.builder()
            .build()
            .type(Object.class)
            .fromJson(new String(bytes, StandardCharsets.UTF_8));
    return (Map<?, ?>) value;
  }

  private static Map<?, ?> first(Map<?, ?> of, String key) {
    List<?> list = assertInstanceOf(List.class, of.get(key));
    return assertInstanceOf(Map.class, list.getFirst());
  }

  private ReceiptFile file(Receipt receipt) {
    return ReceiptSamples.file(node, operator, receipt.encode());
  }

  @Test
  void a_statement_is_about_the_answer_and_signed_as_dsse_asks() throws Exception {
    byte[] envelope =
        ReceiptStatement.envelope(file(ReceiptSamples.receipt(node.peerId())), operator);
    Map<?, ?> outer = json(envelope);
    byte[] payload = Base64.getDecoder().decode((String) outer.get("payload"));
    String head = "DSSEv1 28 application/vnd.in-toto+json " + payload.length + " ";
    byte[] signed =
        (head + new String(payload, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    Map<?, ?> signature = first(outer, "signatures");
    byte[] sig = Base64.getDecoder().decode((String) signature.get("sig"));
    assertTrue(NodeIdentity.verify(operator.peerId(), signed, sig));
    assertFalse(NodeIdentity.verify(operator.peerId(), payload, sig));
    Map<?, ?> statement = json(payload);
    Map<?, ?> subject = first(statement, "subject");
    byte[] answer = "an answer\n".getBytes(StandardCharsets.UTF_8);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(answer));
    assertEquals(Map.of("sha256", digest), subject.get("digest"));
    assertEquals("https://slsa.dev/provenance/v1", statement.get("predicateType"));
    String all = new String(payload, StandardCharsets.UTF_8);
    assertTrue(all.contains("urn:limpet:node:" + node.peerId()), all);
  }

  @Test
  void there_is_no_statement_about_a_failure() {
    Receipt good = ReceiptSamples.receipt(node.peerId());
    Receipt failed =
        new Receipt(
            good.work(),
            new Receipt.Ending(ReceiptOutcome.OUT_OF_FUEL, null, null, null),
            good.used(),
            good.ran());
    ReceiptFile file = file(failed);
    assertThrows(IllegalArgumentException.class, () -> ReceiptStatement.envelope(file, operator));
  }
}
