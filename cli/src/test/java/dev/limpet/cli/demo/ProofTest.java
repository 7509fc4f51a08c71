package dev.limpet.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.ReceiptVerifier.Trust;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProofTest {
  @Test
  void what_the_demo_forges_differs_in_one_digit_and_is_red() {
    NodeIdentity node = NodeIdentity.generate();
    NodeIdentity operator = NodeIdentity.generate();
    byte[] receipt = ReceiptSamples.receipt(node.peerId()).encode();
    byte[] file =
        ReceiptSamples.file(node, operator, receipt)
            .proof()
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    byte[] forged = Proof.otherDigit(file);
    assertEquals(file.length, forged.length);
    int others = 0;
    for (int i = 0; i < file.length; i++) {
      if (file[i] != forged[i]) {
        others++;
        assertTrue(Character.isDigit(file[i]) && Character.isDigit(forged[i]), "at " + i);
      }
    }
    assertEquals(1, others);
    Trust trust = new Trust(operator.peerId(), null);
    Instant now = Instant.now();
    assertTrue(ReceiptVerifier.verify(file, trust, now).isGreen());
    assertFalse(ReceiptVerifier.verify(forged, trust, now).isGreen());
  }

  @Test
  void a_nine_becomes_a_nought_and_what_is_no_receipt_is_not_forged() {
    String before = "7\nextra " + "x".repeat(60);
    assertEquals(before + "x0", forged(before + "x9"));
    assertEquals(before + "x6\n1", forged(before + "x5\n1"));
    assertThrows(IllegalArgumentException.class, () -> forged(before + "x"));
    assertThrows(IllegalArgumentException.class, () -> forged("123"));
  }

  private static String forged(String text) {
    return new String(
        Proof.otherDigit(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }
}
